import { ActionIcon, Button, Checkbox, Group, Input, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FieldProps, list } from "@/shared/admin/types";
import type { DataColumn } from "@/shared/api/types";

export const KINDS = ["text", "number", "phone", "date", "yes_no", "secret"] as const;
type Draft = Partial<DataColumn> & { name: string };

/** What each row has. A column keeps its id when it is renamed, and with it its cells. */
export function ColumnsEditor({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const columns = list<Draft>(value);
  const set = (index: number, part: Partial<Draft>) => onChange(columns.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={8} mt={4}>
        {columns.map((column, index) => (
          <Group key={column.id ?? `new ${index}`} gap={6} wrap="wrap" role="group" aria-label={column.name || t("tables.column")}>
            <TextInput style={{ flex: "1 1 130px" }} aria-label={t("tables.columnName", { number: index + 1 })} value={column.name} maxLength={63} onChange={({ currentTarget: { value: name } }) => set(index, { name: name.replace(/\s/g, "_") })} />
            <Select w={120} aria-label={t("tables.columnKind", { number: index + 1 })} allowDeselect={false} value={column.kind ?? "text"} data={KINDS.map((kind) => ({ value: kind, label: t(`tables.kind.${kind}`) }))} onChange={(kind) => kind && set(index, { kind: kind as DataColumn["kind"] })} />
            <Checkbox label={t("tables.isKey")} checked={column.key ?? false} onChange={({ currentTarget: { checked } }) => set(index, { key: checked })} />
            <ActionIcon aria-label={`${t("common.remove")}: ${column.name || index + 1}`} onClick={() => onChange(columns.filter((_, at) => at !== index))}><IconX size={16} /></ActionIcon>
          </Group>
        ))}
        <div><Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => onChange([...columns, { name: "", kind: "text", key: columns.length === 0 }])}>{t("tables.addColumn")}</Button></div>
      </Stack>
    </Input.Wrapper>
  );
}
