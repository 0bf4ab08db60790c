import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exitText } from "@/shared/components/flowWords";

/** A row that a table is imagined to have: nothing real is looked up while a draft is tried. */
export function TryRow({ columns, found }: { columns: readonly string[]; found: (row: Record<string, string>) => void }) {
  const { t } = useTranslation();
  const [cells, setCells] = useState<Record<string, string>>({});
  return (
    <form onSubmit={(event) => { event.preventDefault(); found(cells); }}>
      <Stack gap={6}>
        <Text size="sm" fw={500}>{t("try.row")}</Text>
        {columns.map((column) => <TextInput key={column} label={column} value={cells[column] ?? ""} onChange={({ currentTarget: { value } }) => setCells((before) => ({ ...before, [column]: value }))} />)}
        <Group><Button type="submit" size="xs">{exitText(t, "found")}</Button></Group>
      </Stack>
    </form>
  );
}
