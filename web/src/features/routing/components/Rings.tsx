import { ActionIcon, Button, Group, Input, NumberInput, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { type FieldProps, list } from "@/shared/admin/types";

interface Ring { queue_id: string; after_s: number | null; expected_s: number | null }
const seconds = (value: number | string): number | null => (value === "" ? null : Number(value));

/** "Agents of Sales after 60 s, or while the expected wait is over 300 s": whose agents help out, nearest first. */
export function Rings({ label, hint, value, values, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const queues = (useQuery(refsQuery("/queues")).data ?? []).filter((queue) => queue.id !== values["id"]);
  const rows = list<Ring>(value);
  const free = queues.filter((queue) => !rows.some((row) => row.queue_id === queue.id));
  const set = (index: number, part: Partial<Ring>) => onChange(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={10} mt={4}>
        {rows.map((row, index) => (
          <Group key={row.queue_id} gap={8} align="flex-end">
            <Select
              flex="1 1 180px" label={t("admin.queues.ringQueue")} allowDeselect={false} value={row.queue_id} onChange={(id) => id && set(index, { queue_id: id })}
              data={queues.filter((queue) => queue.id === row.queue_id || free.includes(queue)).map((queue) => ({ value: queue.id, label: queue.name }))}
            />
            <NumberInput w={132} suffix=" s" min={1} label={t("admin.queues.ringAfter")} value={row.after_s ?? ""} onChange={(after) => set(index, { after_s: seconds(after) })} />
            <NumberInput w={176} suffix=" s" min={1} label={t("admin.queues.ringExpected")} value={row.expected_s ?? ""} onChange={(expected) => set(index, { expected_s: seconds(expected) })} />
            <ActionIcon mb={4} aria-label={t("common.remove")} onClick={() => onChange(rows.filter((_, place) => place !== index))}><IconX size={16} /></ActionIcon>
          </Group>
        ))}
        <div>
          <Button variant="default" leftSection={<IconPlus size={15} />} disabled={free.length === 0} onClick={() => free[0] && onChange([...rows, { queue_id: free[0].id, after_s: 60, expected_s: null }])}>
            {t("admin.queues.addRing")}
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}
