import { ActionIcon, Button, Group, Input, NumberInput, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { type FieldProps, list } from "@/shared/admin/types";

interface Level { skill_id: string; level: number }

/** Skills with levels 1 (beginner) to 10 (expert). */
export function SkillLevels({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const skills = useQuery(refsQuery("/skills")).data ?? [];
  const rows = list<Level>(value);
  const set = (index: number, part: Partial<Level>) => onChange(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const free = skills.filter((skill) => !rows.some((row) => row.skill_id === skill.id));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={6} mt={4}>
        {rows.map((row, index) => (
          <Group key={row.skill_id} gap={6} wrap="nowrap">
            <Select flex={1} aria-label={t("admin.field.skill")} allowDeselect={false} value={row.skill_id} data={skills.filter((skill) => skill.id === row.skill_id || free.includes(skill)).map((skill) => ({ value: skill.id, label: skill.name }))} onChange={(id) => id && set(index, { skill_id: id })} />
            <NumberInput w={80} aria-label={t("admin.field.level")} min={1} max={10} value={row.level} onChange={(level) => set(index, { level: Number(level) || 1 })} />
            <ActionIcon aria-label={t("common.remove")} onClick={() => onChange(rows.filter((_, place) => place !== index))}><IconX size={16} /></ActionIcon>
          </Group>
        ))}
        <div><Button variant="default" leftSection={<IconPlus size={15} />} disabled={free.length === 0} onClick={() => free[0] && onChange([...rows, { skill_id: free[0].id, level: 5 }])}>{t("admin.field.addSkill")}</Button></div>
      </Stack>
    </Input.Wrapper>
  );
}
