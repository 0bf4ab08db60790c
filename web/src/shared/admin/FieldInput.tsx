import { Input, MultiSelect, NumberInput, PasswordInput, Select, Stack, Switch, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { refsQuery } from "./refs";
import { type Field, list } from "./types";

interface Props { field: Field; first?: boolean; value: unknown; values: Record<string, unknown>; error?: string; errors?: Record<string, string>; onChange: (value: unknown) => void }
type Common = { label: string; description?: string; error?: string; required?: boolean; withAsterisk?: boolean; "data-autofocus"?: true };

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

function RefInput({ field, value, onChange, common }: Props & { common: Common }) {
  const rows = useQuery(refsQuery(field.refs ?? "")).data ?? [];
  const data = rows.map((row) => ({ value: row.id, label: row.name }));
  return field.kind === "refs"
    ? <MultiSelect {...common} searchable clearable limit={60} data={data} value={list<string>(value)} onChange={onChange} />
    : <Select {...common} searchable clearable={!field.required} limit={60} data={data} value={typeof value === "string" ? value : null} onChange={onChange} />;
}

function LocalizedInput({ value, onChange, common }: { value: unknown; onChange: (value: unknown) => void; common: Common }) {
  const names = typeof value === "string" ? { en: value } : ((value ?? {}) as Record<string, string>);
  return (
    <Input.Wrapper {...common} labelElement="div">
      <Stack gap={6} mt={4}>
        {LOCALES.map((locale) => (
          <TextInput key={locale} aria-label={`${common.label}: ${LOCALE_NAMES[locale]}`} lang={locale} leftSection={<small>{locale.toUpperCase()}</small>} value={names[locale] ?? ""} onChange={(event) => onChange({ ...names, [locale]: event.currentTarget.value })} />
        ))}
      </Stack>
    </Input.Wrapper>
  );
}

/** The control for one field, with its label, its hint and the server's complaint beside it. */
export function FieldInput(props: Props) {
  const { field, value, values, error, onChange } = props;
  const { t } = useTranslation();
  const common: Common = { label: t(field.label) as string, description: field.hint ? (t(field.hint) as string) : undefined, error, withAsterisk: field.required, ...(props.first && { "data-autofocus": true as const }) };
  const options = field.options?.map((option) => ({ value: option.value, label: typeof option.label === "string" ? (t(option.label) as string) : option.label.text }));
  const number = { ...common, min: field.min, max: field.max, value: typeof value === "number" ? value : "", onChange: (next: number | string) => onChange(next === "" ? null : Number(next)) } as const;
  switch (field.kind) {
    case "custom": return field.input?.({ label: common.label, hint: common.description, value, values, error, errors: props.errors ?? {}, onChange }) ?? null;
    case "ref": case "refs": return <RefInput {...props} common={common} />;
    case "localized": return <LocalizedInput value={value} onChange={onChange} common={common} />;
    case "switch": return <Switch label={common.label} description={common.description} error={error} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "choice": return <Select {...common} allowDeselect={!field.required} searchable={(options?.length ?? 0) > 12} limit={60} data={options} value={typeof value === "string" ? value : null} onChange={onChange} />;
    case "choices": return <MultiSelect {...common} data={options} value={list<string>(value)} onChange={onChange} />;
    case "tags": return <TagsInput {...common} value={list<string>(value)} onChange={onChange} />;
    case "number": return <NumberInput {...number} allowDecimal={false} />;
    case "seconds": return <NumberInput {...number} suffix=" s" />;
    case "share": return <NumberInput {...number} suffix=" %" min={0} max={100} value={typeof value === "number" ? Math.round(value * 100) : ""} onChange={(next) => onChange(next === "" ? null : Number(next) / 100)} />;
    case "long": return <Textarea {...common} autosize minRows={2} value={text(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
    case "password": return <PasswordInput {...common} autoComplete="new-password" value={text(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
    case "email": case "text": return <TextInput {...common} type={field.kind} maxLength={400} value={text(value)} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
}
