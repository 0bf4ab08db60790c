import { Alert, Button, Drawer, FileButton, Group, Stack, Switch, Text } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DataTable } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { useDataRows } from "./api";
import classes from "./Tables.module.css";
import { ruleText } from "./words";

/** A CSV file is stored whole or not at all; what is wrong is named by line and column. */
export function ImportForm({ table, onClose }: { table: DataTable; onClose: () => void }) {
  const { t } = useTranslation();
  const { bring } = useDataRows(table.id);
  const [file, setFile] = useState<File | null>(null);
  const [all, setAll] = useState(false);
  const done = bring.data;
  const problems = done?.problems ?? [];
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={t("tables.import")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={(event) => { event.preventDefault(); if (file) bring.mutate({ file, all }); }}>
        <Stack gap="sm">
          <Text>{t("tables.importLead", { columns: table.columns.map((one) => one.name).join(", "), keys: table.columns.filter((one) => one.key).map((one) => one.name).join(", ") })}</Text>
          <Group>
            <FileButton accept=".csv,.txt,text/csv,text/plain" onChange={(chosen) => { setFile(chosen); bring.reset(); }}>
              {(props) => <Button {...props} variant="default" leftSection={<IconFile size={16} />}>{t("tables.file")}</Button>}
            </FileButton>
            <Text aria-live="polite">{file?.name ?? t("tables.noFile")}</Text>
          </Group>
          <Switch label={t("tables.all")} description={t("tables.allHint")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          <ProblemNote error={bring.error} />
          {done && problems.length === 0 && <Alert color="tide" variant="light" role="status" c="var(--td-text)">{t("tables.imported", { added: done.added, changed: done.changed, archived: done.archived })}</Alert>}
          {problems.length > 0 && (
            <Alert color="red" variant="light" role="alert" title={t("tables.nothingStored")} c="var(--td-text)">
              <table className={classes.problems}>
                <thead><tr><th>{t("tables.line")}</th><th>{t("tables.column")}</th><th>{t("tables.wrong")}</th></tr></thead>
                <tbody>{problems.map((one, index) => <tr key={index}><td className="td-num">{one.line}</td><td>{one.column ?? "–"}</td><td>{ruleText(one.rule, one.message)}</td></tr>)}</tbody>
              </table>
              {(done?.more ?? 0) > 0 && <Text mt="xs">{t("tables.more", { count: done?.more })}</Text>}
            </Alert>
          )}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>{t("common.close")}</Button>
            <Button type="submit" disabled={!file} loading={bring.isPending}>{t("tables.import")}</Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}
