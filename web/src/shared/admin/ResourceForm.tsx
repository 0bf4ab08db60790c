import "@/shared/i18n/admin";
import { Alert, Button, Group, Stack, Table, Title } from "@mantine/core";
import { type FormEvent, Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { ProblemNote } from "@/shared/components/Feedback";
import classes from "./Admin.module.css";
import { FieldInput } from "./FieldInput";
import type { Field, Resource, Row } from "./types";
import { useWrites } from "./api";
import "@/shared/i18n/admin";

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const shown = (value: unknown): string => (value === null || value === undefined || value === "" ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));

/**
 * Creates or changes one row. Only what was changed is sent. When someone saved in between, the fields where both differ
 * are listed with both values, and the person decides.
 */
export function ResourceForm({ resource, row, onDone }: { resource: Resource; row: Row | null; onDone: (saved: Row) => void }) {
  const { t } = useTranslation();
  const { create, change } = useWrites(resource.path);
  const [base, setBase] = useState<Record<string, unknown>>(() => ({ ...resource.blank, ...row }));
  const [value, setValue] = useState(base);
  const [missing, setMissing] = useState<Set<string>>(new Set());
  const fixed = row !== null && Boolean(resource.fixed?.(row));
  const saving = row ? change : create;
  const problem = saving.error instanceof Problem ? saving.error : null;
  const theirs = problem?.isStale ? (problem.current as Row) : null;
  const fields = resource.fields.filter((field) => field.only !== (row ? "new" : "old") && (field.when?.(value) ?? true));
  const changed = fields.filter((field) => !same(value[field.key], base[field.key]));
  const clashes = theirs ? fields.filter((field) => !same(theirs[field.key], base[field.key])) : [];

  const send = (version: number) => {
    const empty = new Set(fields.filter((field) => field.required && (value[field.key] === "" || value[field.key] == null)).map((field) => field.key));
    setMissing(empty);
    if (empty.size > 0) return;
    // A password that was left empty is not sent: the server keeps the old one, or makes one up.
    const sent = (row ? changed : fields).filter((field) => field.kind !== "password" || value[field.key]);
    const body = Object.fromEntries(sent.map((field) => [field.key, value[field.key]]));
    if (row) change.mutate({ ...body, id: row.id, version }, { onSuccess: onDone });
    else create.mutate(body, { onSuccess: onDone });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(Number(base["version"] ?? row?.version ?? 0));
  };
  const takeTheirs = () => {
    if (!theirs) return;
    setBase({ ...resource.blank, ...theirs });
    // What the other person did not touch keeps this person's value.
    setValue((mine) => ({ ...mine, ...Object.fromEntries(clashes.map((field) => [field.key, theirs[field.key]])), version: theirs.version }));
    change.reset();
  };
  const errorOf = (key: string): string | undefined => (missing.has(key) ? t("signIn.required") : problem?.fields[key]);
  const errorsOf = (field: Field): Record<string, string> =>
    Object.fromEntries(Object.entries(field.parts ? (problem?.fields ?? {}) : {}).filter(([key]) => key.startsWith(`${field.key}.`)).map(([key, error]) => [key.slice(field.key.length + 1), error]));
  const shownBeside = fields.some((field) => problem?.fields[field.key] !== undefined || Object.keys(errorsOf(field)).length > 0);
  const elsewhere = problem && !theirs && !shownBeside ? problem : null;
  return (
    <form onSubmit={submit} noValidate>
      <fieldset disabled={fixed} className={classes.fields}>
      <Stack gap="md">
        {fields.map((field, index) => (
          <Fragment key={field.key}>
            {field.section && field.section !== fields[index - 1]?.section && <Title order={3} mt="sm">{t(field.section) as string}</Title>}
            <FieldInput field={field} first={!row && index === 0} value={value[field.key]} values={value} error={errorOf(field.key)} errors={errorsOf(field)} onChange={(next) => setValue((before) => ({ ...before, [field.key]: next }))} />
          </Fragment>
        ))}
        {theirs && (
          <Alert color="orange" variant="light" role="alert" title={t("conflict.title")} c="var(--td-text)">
            <Table withRowBorders={false}>
              <Table.Thead><Table.Tr><Table.Th /><Table.Th>{t("admin.theirs")}</Table.Th><Table.Th>{t("admin.yours")}</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>
                {clashes.map((field) => (
                  <Table.Tr key={field.key}><Table.Td>{t(field.label) as string}</Table.Td><Table.Td>{shown(theirs[field.key])}</Table.Td><Table.Td>{shown(value[field.key])}</Table.Td></Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            <Group mt="xs">
              <Button variant="default" onClick={takeTheirs}>{t("conflict.theirs")}</Button>
              <Button onClick={() => send(theirs.version)}>{t("conflict.mine")}</Button>
            </Group>
          </Alert>
        )}
        {elsewhere && <ProblemNote error={elsewhere} />}
        {row && resource.liveWarning && changed.length > 0 && <Alert color="yellow" variant="light" c="var(--td-text)">{t(resource.liveWarning) as string}</Alert>}
        {fixed ? <p className="td-muted">{t("admin.fixed")}</p> : <Group justify="flex-end" gap="sm">
          {row && <span className="td-muted">{t("admin.changes", { count: changed.length })}</span>}
          <Button type="submit" loading={saving.isPending} disabled={Boolean(row) && changed.length === 0}>{t("common.save")}</Button>
        </Group>}
      </Stack>
      </fieldset>
    </form>
  );
}
