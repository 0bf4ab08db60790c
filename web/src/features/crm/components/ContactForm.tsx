import { Alert, Button, Group, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { Problem } from "@/shared/api/problem";
import type { Contact, ContactField, ContactKind, Locale } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { setFilling } from "@/shared/sensitive";
import { companiesQuery, type ContactChange, fieldsQuery, useEditContact } from "../api/contacts";

/** What is said while such a field is filled in is in no recording; the form is closed with the focus inside, too. */
const leftOut = (field: ContactField, hint: string) =>
  field.pauses_recording ? { description: hint, autoComplete: "off", onFocus: () => setFilling(field.key), onBlur: () => setFilling(null) } : {};

/** Edits a contact in place. When someone else saved first, both values are shown and the person decides. */
export function ContactForm({ contact, onDone }: { contact: Contact; onDone: () => void }) {
  const { t } = useTranslation();
  const edit = useEditContact(contact.id);
  const fields = useQuery(fieldsQuery).data ?? [];
  const companies = useQuery(companiesQuery("")).data ?? [];
  const agents = useQuery(refsQuery("/contact-agents")).data ?? [];
  const own = contact.agent;
  const choices = own && !agents.some((one) => one.id === own.id) ? [own, ...agents] : agents;
  const [value, setValue] = useState({
    name: contact.name ?? "", kind: contact.kind, language: contact.language, company_id: contact.company?.id ?? null, agent_id: contact.agent?.id ?? null, tags: contact.tags, fields: contact.fields,
  });
  useEffect(() => () => setFilling(null), []);
  const set = (part: Partial<typeof value>) => setValue((before) => ({ ...before, ...part }));
  const problem = edit.error instanceof Problem ? edit.error : null;
  const current = problem?.isStale ? (problem.current as Contact) : null;
  const save = (version: number) => edit.mutate({ ...(value satisfies ContactChange), version }, { onSuccess: onDone });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(contact.version);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label={t("contact.name")} value={value.name} maxLength={200} error={problem?.fields["name"]} onChange={(event) => set({ name: event.currentTarget.value })} autoFocus data-autofocus />
        <Select label={t("contact.company")} searchable clearable value={value.company_id} data={companies.map((row) => ({ value: row.id, label: row.name }))} onChange={(id) => set({ company_id: id })} />
        <Group grow>
          <Select label={t("contact.kind")} allowDeselect={false} value={value.kind} data={(["unknown", "lead", "customer"] as const).map((kind) => ({ value: kind, label: t(`contact.kind.${kind}`) }))} onChange={(kind) => set({ kind: kind as ContactKind })} />
          <Select label={t("contact.language")} clearable value={value.language} data={LOCALES.map((locale) => ({ value: locale, label: LOCALE_NAMES[locale] }))} onChange={(locale) => set({ language: locale as Locale | null })} />
        </Group>
        <Select label={t("contact.agent")} description={t("contact.agentHint")} searchable clearable value={value.agent_id} data={choices.map((row) => ({ value: row.id, label: row.name }))} error={problem?.fields["agent_id"]} onChange={(id) => set({ agent_id: id })} />
        <TagsInput label={t("contact.tags")} value={value.tags} maxTags={20} onChange={(tags) => set({ tags })} />
        {fields.map((field) => {
          const common = { label: field.label, error: problem?.fields[`fields.${field.key}`], ...leftOut(field, t("contact.leftOut")) };
          const put = (text: string) => set({ fields: { ...value.fields, [field.key]: text } });
          return field.kind === "choice"
            ? <Select key={field.key} {...common} clearable value={value.fields[field.key] ?? null} data={field.choices} onChange={(choice) => put(choice ?? "")} />
            : <TextInput key={field.key} {...common} type={field.kind === "date" ? "date" : "text"} inputMode={field.kind === "number" ? "decimal" : undefined} value={value.fields[field.key] ?? ""} onChange={(event) => put(event.currentTarget.value)} />;
        })}
        {current ? (
          <Alert color="orange" variant="light" role="alert" title={t("conflict.title")} c="var(--td-text)">
            <Text>{t("conflict.text", { theirs: current.name ?? "–", yours: value.name || "–" })}</Text>
            <Group mt="xs">
              <Button variant="default" onClick={onDone}>{t("conflict.theirs")}</Button>
              <Button onClick={() => save(current.version)}>{t("conflict.mine")}</Button>
            </Group>
          </Alert>
        ) : <ProblemNote error={edit.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>{t("common.cancel")}</Button>
          <Button type="submit" loading={edit.isPending}>{t("common.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
