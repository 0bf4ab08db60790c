import { Alert, Button, Group, Stack, Switch, Text, Textarea, TextInput, Title } from "@mantine/core";
import { IconExternalLink, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowProblem } from "@/shared/api/types";
import { exitText, verbText } from "@/shared/components/flowWords";
import { flowsQuery } from "../api/flows";
import { changed, removed, renamed } from "./edit";
import { SchemaField } from "./Fields";
import { type Doc, exitsOf, gather, isMembers, spread, type Verbs } from "./model";
import { type Option, WaySelect } from "./StepSelect";
import { fieldText, problemText, verbHelp } from "./words";

interface Props { doc: Doc; /** All steps, to be led to. */ options: Option[]; id: string; verbs: Verbs; problems: readonly FlowProblem[]; edit: (edit: (doc: Doc) => Doc, key?: string) => void; select: (id: string | null) => void }

/** All of one step: its name, a form made of its verb's schema, and where each exit leads. */
export function StepPanel({ doc, options, id, verbs, problems, edit, select }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState(id);
  const step = doc.steps[id];
  const card = verbs.get(step?.verb ?? "");
  const flows = useQuery({ ...flowsQuery, enabled: step?.verb === "sub_flow" }).data ?? [];
  if (!step) return null;
  const members = card ? spread(step.params, card) : {};
  const own = problems.filter((problem) => problem.node === id);
  const properties = isMembers(card?.parameters["properties"]) ? card.parameters["properties"] : {};
  const of = (field: string) => own.filter((one) => one.field === field || one.field?.startsWith(`${field}.`));
  const said = (field: string): string | undefined => of(field).map((one) => problemText(t, one)).join(" ") || undefined;
  const elsewhere = own.filter((one) => !one.field || !(one.field.startsWith("go.") || (one.field.split(".")[0] ?? "") in properties));
  const put = (field: string, value: unknown) => card && edit((now) => changed(now, id, { params: gather({ ...spread(now.steps[id]?.params, card), [field]: value }, card) }), `${id}.${field}`);
  const rename = () => {
    const to = name.trim();
    if (to === id || !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(to) || to in doc.steps) return setName(id);
    edit((now) => renamed(now, id, to));
    select(to);
  };
  const inner = flows.find((flow) => flow.name === members["flow"]);
  return (
    <Stack gap="sm">
      <div><Title order={3} fz="md">{verbText(t, step.verb)}</Title>{card && <Text size="sm" c="dimmed">{verbHelp(card)}</Text>}</div>
      {elsewhere.map((one, index) => <Alert key={index} color={one.warning ? "yellow" : "red"} variant="light" p="xs" role="alert" c="var(--td-text)">{problemText(t, one)}</Alert>)}
      <TextInput label={t("design.name")} value={name} data-step-name onChange={(event) => setName(event.currentTarget.value)} onBlur={rename} onKeyDown={(event) => event.key === "Enter" && rename()} />
      <TextInput label={t("design.label")} value={step.label ?? ""} onChange={({ currentTarget: { value } }) => edit((now) => changed(now, id, { label: value || undefined }), `${id} label`)} />
      {Object.entries(properties).map(([field, schema]) => <SchemaField key={field} schema={schema as object} label={fieldText(field)} value={members[field]} error={said(field)} onChange={(value) => put(field, value)} />)}
      {inner && <Button variant="default" leftSection={<IconExternalLink size={15} />} onClick={() => void navigate({ to: "/admin/$section/$itemId", params: { section: "flows", itemId: inner.id } })}>{t("design.openFlow")}</Button>}
      {exitsOf(step, card).length > 0 && <Title order={4} fz="sm">{t("design.ways")}</Title>}
      {exitsOf(step, card).map((way) => (
        <WaySelect key={way.name} id={id} exit={way.name} label={exitText(t, way.name)} error={said(`go.${way.name}`)} placeholder={way.instead ? t("design.likeExit", { exit: exitText(t, way.instead) }) : t("design.nowhere")} value={step.go[way.name] ?? null} options={options} edit={edit} />
      ))}
      <Textarea label={t("design.note")} autosize minRows={2} maxRows={8} value={step.note ?? ""} onChange={({ currentTarget: { value } }) => edit((now) => changed(now, id, { note: value || undefined }), `${id} note`)} />
      <Switch label={t("design.isStart")} checked={doc.start === id} disabled={doc.start === id} onChange={() => edit((now) => ({ ...now, start: id }))} />
      <Switch label={t("design.isOnError")} checked={doc.rest["on_error"] === id} onChange={({ currentTarget: { checked } }) => edit((now) => ({ ...now, rest: checked ? { ...now.rest, on_error: id } : Object.fromEntries(Object.entries(now.rest).filter(([key]) => key !== "on_error")) }))} />
      <Group><Button color="red" variant="light" leftSection={<IconTrash size={15} />} onClick={() => { edit((now) => removed(now, [id])); select(null); }}>{t("design.remove")}</Button></Group>
    </Stack>
  );
}
