import { Alert, Button, Checkbox, Drawer, Group, PasswordInput, Select, Stack, Table, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { DataColumn, DataRow, DataTable } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { serverNow } from "@/shared/format/clock";
import { useDataRows } from "./api";

interface CellProps { column: DataColumn; value: string; stored: boolean; removed: boolean; error?: string; first: boolean; onChange: (value: string | undefined) => void }

/** One cell's field. A PIN is written and never read: what is typed replaces it, nothing typed leaves it. */
function Cell({ column, value, stored, removed, error, first, onChange }: CellProps) {
  const { t } = useTranslation();
  const common = { label: column.name, error, withAsterisk: column.key, ...(first && { "data-autofocus": true }) };
  if (column.kind === "yes_no") return <Select {...common} clearable value={value || null} data={[{ value: "true", label: t("tables.yes") }, { value: "false", label: t("tables.no") }]} onChange={(next) => onChange(next ?? "")} />;
  if (column.kind === "secret") return (
    <Stack gap={6}>
      <PasswordInput {...common} description={t(stored ? "tables.pinSet" : "tables.pinNone")} inputMode="numeric" autoComplete="new-password" maxLength={12} disabled={removed} value={removed ? "" : value} onChange={(event) => onChange(event.currentTarget.value || undefined)} />
      {stored && <Checkbox label={t("tables.pinRemove")} checked={removed} onChange={(event) => onChange(event.currentTarget.checked ? "" : undefined)} />}
    </Stack>
  );
  if (column.kind === "text" && !column.key) return <Textarea {...common} autosize minRows={1} maxRows={8} maxLength={2000} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  return <TextInput {...common} type={column.kind === "date" ? "date" : "text"} inputMode={column.kind === "phone" ? "tel" : column.kind === "number" ? "decimal" : undefined} maxLength={2000} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}

/** Only cells that were changed are sent. When somebody saved in between, both values are shown and the person decides. */
export function RowForm({ table, row, title, onClose }: { table: DataTable; row: DataRow | null; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { add, change } = useDataRows(table.id);
  const [base, setBase] = useState(row);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [unlock, setUnlock] = useState(false);
  const saving = row ? change : add;
  const problem = saving.error instanceof Problem ? saving.error : null;
  const theirs = problem?.isStale ? (problem.current as DataRow) : null;
  const known = (id: string): string => base?.cells[id] ?? "";
  const clashes = theirs ? table.columns.filter((one) => one.kind !== "secret" && (theirs.cells[one.id ?? ""] ?? "") !== known(one.id ?? "")) : [];
  const put = (id: string, value: string | undefined) => setTyped((before) => {
    const { [id]: _, ...rest } = before;
    return value === undefined || (value === known(id) && !base?.secrets.includes(id)) ? rest : { ...rest, [id]: value };
  });
  const done = { onSuccess: () => { notice(t("common.saved")); onClose(); } };
  const send = (version: number) => (row ? change.mutate({ id: row.id, version, cells: typed, ...(unlock && { unlock }) }, done) : add.mutate({ cells: typed }, done));
  const takeTheirs = () => {
    if (!theirs) return;
    setBase(theirs);
    setTyped((mine) => Object.fromEntries(Object.entries(mine).filter(([id]) => !clashes.some((one) => one.id === id))));
    change.reset();
  };
  const errorOf = (id: string) => problem?.fields[`cells.${id}`] ?? (table.columns.find((one) => one.key)?.id === id ? problem?.fields["cells"] : undefined);
  const beside = table.columns.some((one) => errorOf(one.id ?? "") !== undefined);
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={(event) => { event.preventDefault(); send(base?.version ?? 0); }} noValidate>
        <Stack gap="sm">
          {table.columns.map((column, index) => {
            const id = column.id ?? "";
            const stored = base?.secrets.includes(id) ?? false;
            return <Cell key={id} column={column} first={index === 0} stored={stored} removed={stored && typed[id] === ""} value={typed[id] ?? known(id)} error={errorOf(id)} onChange={(value) => put(id, value)} />;
          })}
          {base?.locked_until && Date.parse(base.locked_until) > serverNow() && <Checkbox label={t("tables.unlock")} checked={unlock} onChange={(event) => setUnlock(event.currentTarget.checked)} />}
          {theirs && (
            <Alert color="orange" variant="light" role="alert" title={t("conflict.title")} c="var(--td-text)">
              <Table withRowBorders={false}>
                <Table.Thead><Table.Tr><Table.Th>{t("tables.column")}</Table.Th><Table.Th>{t("admin.theirs")}</Table.Th><Table.Th>{t("admin.yours")}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>{clashes.map((one) => <Table.Tr key={one.id}><Table.Td>{one.name}</Table.Td><Table.Td>{theirs.cells[one.id ?? ""] || "–"}</Table.Td><Table.Td>{(typed[one.id ?? ""] ?? known(one.id ?? "")) || "–"}</Table.Td></Table.Tr>)}</Table.Tbody>
              </Table>
              <Group mt="xs"><Button variant="default" onClick={takeTheirs}>{t("conflict.theirs")}</Button><Button onClick={() => send(theirs.version)}>{t("conflict.mine")}</Button></Group>
            </Alert>
          )}
          {problem && !theirs && !beside && <ProblemNote error={problem} />}
          {saving.error && !problem && <ProblemNote error={saving.error} />}
          <Group justify="end">
            <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
            <Button type="submit" loading={saving.isPending} disabled={Object.keys(typed).length === 0 && !unlock}>{t("common.save")}</Button>
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}
