import { Group, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { versionsQuery } from "../api/flows";

/** Of which calls the counts are: so many days back (null: ever), and of which version (null: the one that takes calls). */
export interface Counted { days: number | null; number: number | null }
export const LATELY: Counted = { days: 30, number: null };
const PERIODS = [1, 7, 30, 90];

export function CountsOf({ flowId, published, value, onChange }: { flowId: Id; published: number | null; value: Counted; onChange: (value: Counted) => void }) {
  const { t } = useTranslation();
  const versions = useQuery(versionsQuery(flowId)).data ?? [];
  return (
    <Group gap={6} wrap="nowrap">
      <Select aria-label={t("counts.since")} w={150} allowDeselect={false} value={String(value.days ?? 0)} data={[...PERIODS.map((days) => ({ value: String(days), label: t("counts.days", { count: days }) })), { value: "0", label: t("counts.ever") }]} onChange={(days) => onChange({ ...value, days: Number(days) || null })} />
      {versions.length > 1 && <Select aria-label={t("counts.version")} w={130} allowDeselect={false} value={String(value.number ?? published ?? "")} data={versions.map((one) => ({ value: String(one.number), label: t("flow.version", { number: one.number }) }))} onChange={(number) => onChange({ ...value, number: Number(number) })} />}
    </Group>
  );
}
