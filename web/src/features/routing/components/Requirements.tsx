import { ActionIcon, Button, Group, Input, NumberInput, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { type FieldProps, list } from "@/shared/admin/types";

interface Requirement { skill_id: string; level: number; relax: { after_s: number; level: number }[] }

/** "Billing at least 5; after 60 s at least 3": what an agent must know, and how that widens with waiting. */
export function Requirements({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const skills = useQuery(refsQuery("/skills")).data ?? [];
  const rows = list<Requirement>(value);
  const set = (index: number, part: Partial<Requirement>) => onChange(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const free = skills.filter((skill) => !rows.some((row) => row.skill_id === skill.id));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={8} mt={4}>
        {rows.map((row, index) => (
          <div key={row.skill_id}>
            <Group gap={6} wrap="nowrap">
              <Select flex={1} aria-label={t("admin.field.skill")} allowDeselect={false} value={row.skill_id} data={skills.filter((skill) => skill.id === row.skill_id || free.includes(skill)).map((skill) => ({ value: skill.id, label: skill.name }))} onChange={(id) => id && set(index, { skill_id: id })} />
              <span>≥</span>
              <NumberInput w={72} aria-label={t("admin.field.level")} min={1} max={10} value={row.level} onChange={(level) => set(index, { level: Number(level) || 1 })} />
              <ActionIcon aria-label={t("common.remove")} onClick={() => onChange(rows.filter((_, place) => place !== index))}><IconX size={16} /></ActionIcon>
            </Group>
            {list<Requirement["relax"][number]>(row.relax).map((step, place) => (
              <Group key={place} gap={6} wrap="nowrap" ml={24} mt={4}>
                <span>{t("admin.queues.after")}</span>
                <NumberInput w={96} suffix=" s" min={1} aria-label={t("admin.queues.after")} value={step.after_s} onChange={(after) => set(index, { relax: row.relax.map((one, at) => (at === place ? { ...one, after_s: Number(after) } : one)) })} />
                <span>≥</span>
                <NumberInput w={72} min={0} max={10} aria-label={t("admin.field.level")} value={step.level} onChange={(level) => set(index, { relax: row.relax.map((one, at) => (at === place ? { ...one, level: Number(level) } : one)) })} />
                <ActionIcon aria-label={t("common.remove")} onClick={() => set(index, { relax: row.relax.filter((_, at) => at !== place) })}><IconX size={16} /></ActionIcon>
              </Group>
            ))}
            <Button variant="subtle" size="compact-sm" ml={18} mt={2} onClick={() => set(index, { relax: [...list<Requirement["relax"][number]>(row.relax), { after_s: 60, level: Math.max(0, row.level - 1) }] })}>{t("admin.queues.relax")}</Button>
          </div>
        ))}
        <div><Button variant="default" leftSection={<IconPlus size={15} />} disabled={free.length === 0} onClick={() => free[0] && onChange([...rows, { skill_id: free[0].id, level: 5, relax: [] }])}>{t("admin.field.addSkill")}</Button></div>
      </Stack>
    </Input.Wrapper>
  );
}
