import { ActionIcon, Autocomplete, Button, Group, NumberInput, Select, Stack, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { rowsQuery } from "@/shared/admin/api";
import { flowsQuery, promptNamesQuery } from "../api/flows";
import { isMembers, type Members } from "./model";
import { fieldText, partText } from "./words";

interface Schema { type?: string; format?: string; enum?: string[]; anyOf?: Schema[]; items?: Schema; $ref?: string; default?: unknown; minimum?: number; maximum?: number; maxLength?: number; additionalProperties?: Schema | boolean }
export interface FieldProps { value: unknown; error?: string; label: string; onChange: (value: unknown) => void }

const KINDS = ["text", "prompt", "number", "digits", "money", "date", "time", "duration", "silence"];
const plain = (schema: Schema): Schema => schema.anyOf?.find((one) => one.type !== "null") ?? schema;

/** Names that are there to be chosen; others may be typed, since a flow can be drawn before its queue exists. */
function useNames(format: string | undefined): string[] {
  const flows = useQuery({ ...flowsQuery, enabled: format === "flow" }).data;
  const prompts = useQuery({ ...promptNamesQuery, enabled: format === "prompt" }).data;
  const path = format === "table" ? "/data-tables" : format === "intents" ? "/intent-sets" : format === "project" ? "/projects" : format === "queue" || format === "mailbox" ? "/queues" : format === "sender" ? "/mailboxes" : format === "switch" ? "/closure-switches" : "/calendars";
  const rows = useQuery({ ...rowsQuery(path), enabled: ["queue", "calendar", "mailbox", "sender", "table", "switch", "intents", "project"].includes(format ?? "") }).data;
  if (format === "flow") return (flows ?? []).map((flow) => flow.name);
  if (format === "prompt") return prompts ?? [];
  return [...new Set((rows ?? []).map((row) => String(row[format === "sender" ? "address" : "name"])))];
}

function NameField({ format, value, label, error, onChange }: FieldProps & { format: string }) {
  return <Autocomplete label={label} error={error} value={String(value ?? "")} data={useNames(format)} onChange={onChange} />;
}

/** One thing that is said: its kind and its words. One without words stays a member (`{text: ""}`), or it would vanish while it is typed. A text in several languages has a line for each. */
function PartRow({ part, label, onChange, onRemove }: { part: unknown; label: string; onChange: (part: unknown) => void; onRemove?: () => void }) {
  const { t } = useTranslation();
  const members: Members = isMembers(part) ? part : { text: String(part ?? "") };
  const kind = KINDS.find((one) => one in members) ?? "text";
  const value = members[kind];
  const put = (next: unknown) => onChange(kind === "text" && Object.keys(members).length === 1 && typeof next === "string" && next !== "" ? next : { ...members, [kind]: next });
  const name = `${label}: ${partText(kind)}`;
  return (
    <Stack gap={4}>
      <Group gap={4} wrap="nowrap">
        <Select aria-label={t("design.partKind", { label })} size="xs" w={130} allowDeselect={false} value={kind} data={KINDS.map((one) => ({ value: one, label: partText(one) }))} onChange={(next) => next && onChange({ [next]: next === "silence" ? 1 : "", ...(next === "money" ? { currency: "UAH" } : {}) })} />
        {kind === "money" && <TextInput size="xs" w={70} aria-label={fieldText("currency")} value={String(members["currency"] ?? "")} onChange={(event) => onChange({ ...members, currency: event.currentTarget.value.toUpperCase() })} />}
        {onRemove && <ActionIcon variant="subtle" color="gray" aria-label={t("design.removePart", { label })} onClick={onRemove}><IconTrash size={15} /></ActionIcon>}
      </Group>
      {isMembers(value) ? Object.entries(value).map(([tag, words]) => <Textarea key={tag} label={tag} autosize minRows={1} maxRows={6} value={String(words)} onChange={(event) => put({ ...value, [tag]: event.currentTarget.value })} />)
        : kind === "prompt" ? <NameField format="prompt" label={name} value={value} onChange={put} />
          : kind === "silence" ? <NumberInput aria-label={name} min={0.1} max={60} value={Number(value)} onChange={put} />
            : <Textarea aria-label={name} autosize minRows={1} maxRows={6} value={String(value ?? "")} onChange={(event) => put(event.currentTarget.value)} />}
    </Stack>
  );
}

function PartsField({ value, label, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const parts: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const put = (next: unknown[]) => onChange(next.length === 0 ? undefined : next.length === 1 ? next[0] : next);
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" size="sm" fw={500} mb={4}>{label}</Text>
      <Stack gap={6}>
        {parts.map((part, index) => <PartRow key={index} part={part} label={parts.length > 1 ? `${label} ${index + 1}` : label} onChange={(next) => put(parts.map((one, at) => (at === index ? next : one)))} onRemove={() => put(parts.filter((_, at) => at !== index))} />)}
        {error && <Text size="sm" c="var(--td-danger)" role="alert">{error}</Text>}
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} style={{ alignSelf: "start" }} onClick={() => put([...parts, { text: "" }])}>{t("design.addPart", { label })}</Button>
      </Stack>
    </fieldset>
  );
}

/** What a name stands for; in several languages a line for each. */
function PairValue({ label, value, onChange }: { label: string; value: unknown; onChange: (value: unknown) => void }) {
  if (!isMembers(value)) return <TextInput style={{ flex: 1 }} aria-label={label} value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value)} />;
  return (
    <Stack gap={4} style={{ flex: 1 }}>
      {Object.entries(value).map(([tag, words]) => <TextInput key={tag} aria-label={`${label} (${tag})`} leftSection={tag} value={String(words)} onChange={(event) => onChange({ ...value, [tag]: event.currentTarget.value })} />)}
    </Stack>
  );
}

/** Names and what they stand for: keys and exits, variables and expressions. */
function PairsField({ value, label, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const pairs = Object.entries(isMembers(value) ? value : {});
  const put = (next: [string, unknown][]) => onChange(Object.fromEntries(next));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <Text component="legend" size="sm" fw={500} mb={4}>{label}</Text>
      <Stack gap={4}>
        {pairs.map(([name, meaning], index) => (
          <Group key={index} gap={4} wrap="nowrap">
            <TextInput w={96} aria-label={t("design.pairName", { label, number: index + 1 })} value={name} onChange={({ currentTarget: { value: to } }) => !pairs.some(([other]) => other === to) && put(pairs.map((pair, at) => (at === index ? [to, pair[1]] : pair)))} />
            <PairValue label={t("design.pairValue", { label, number: index + 1 })} value={meaning} onChange={(to) => put(pairs.map((pair, at) => (at === index ? [pair[0], to] : pair)))} />
            <ActionIcon variant="subtle" color="gray" aria-label={t("design.removePart", { label: name })} onClick={() => put(pairs.filter((_, at) => at !== index))}><IconTrash size={15} /></ActionIcon>
          </Group>
        ))}
        {error && <Text size="sm" c="var(--td-danger)" role="alert">{error}</Text>}
        <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} style={{ alignSelf: "start" }} disabled={pairs.some(([name]) => name === "")} onClick={() => put([...pairs, [freeKey(pairs.map(([name]) => name)), ""]])}>{t("design.addPair", { label })}</Button>
      </Stack>
    </fieldset>
  );
}
const freeKey = (taken: string[]): string => ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"].find((key) => taken.every((one) => /^\d$/.test(one)) && taken.length > 0 && !taken.includes(key)) ?? "";

/** A text, of several lines for a letter's; in several languages one for each. */
function TextField({ value, label, error, preset, long, onChange }: FieldProps & { preset?: string; long: boolean }) {
  const Input = long ? Textarea : TextInput;
  const lines = long && { autosize: true, minRows: 3, maxRows: 12 };
  if (!isMembers(value)) return <Input {...lines} label={label} error={error} placeholder={preset} value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value)} />;
  return <Stack gap={4}>{Object.entries(value).map(([tag, words], index) => <Input key={tag} {...lines} label={`${label} (${tag})`} error={index === 0 ? error : undefined} value={String(words)} onChange={(event) => onChange({ ...value, [tag]: event.currentTarget.value })} />)}</Stack>;
}

/** The field of one parameter, as its schema describes it. */
export function SchemaField({ schema: given, ...field }: FieldProps & { schema: Schema }) {
  const schema = plain(given);
  const { value, label, error, onChange } = field;
  const preset = given.default === undefined || given.default === null || typeof given.default === "object" ? undefined : String(given.default);
  if (schema.items?.$ref?.endsWith("/Part")) return <PartsField {...field} />;
  if (schema.type === "array") return <TagsInput label={label} error={error} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} />;
  if (schema.type === "object") return <PairsField {...field} />;
  if (schema.type === "boolean") return <Switch label={label} error={error} checked={Boolean(value ?? given.default)} onChange={(event) => onChange(event.currentTarget.checked)} />;
  if (schema.enum) return <Select label={label} error={error} data={schema.enum} value={String(value ?? preset ?? "")} onChange={onChange} allowDeselect={false} />;
  if (schema.type === "number" || schema.type === "integer") return <NumberInput label={label} error={error} placeholder={preset} value={typeof value === "number" ? value : ""} allowDecimal={schema.type === "number"} onChange={(next) => onChange(next === "" ? undefined : next)} />;
  if (schema.format && ["queue", "flow", "calendar", "mailbox", "sender", "table", "switch", "intents", "project"].includes(schema.format)) return <NameField format={schema.format} {...field} />;
  return <TextField {...field} preset={preset} long={schema.format === "letter"} />;
}
