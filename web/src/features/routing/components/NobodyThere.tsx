import { Group, NumberInput, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";

const FIRST_S = 60;

/** "Wait", "leave at once" (0) or "leave after 60 s": what callers do while nobody of the queue is signed in. */
export function NobodyThere({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const seconds = typeof value === "number" ? value : null;
  const how = seconds === null ? "wait" : seconds === 0 ? "leave" : "after";
  const choose = (next: string | null) => next && next !== how && onChange(next === "wait" ? null : next === "leave" ? 0 : FIRST_S);
  return (
    <Group gap={8} align="flex-end">
      <Select
        flex="1 1 220px" label={label} description={hint} error={error} allowDeselect={false} value={how} onChange={choose}
        data={(["wait", "leave", "after"] as const).map((one) => ({ value: one, label: t(`nobodyThere.${one}`) }))}
      />
      {how === "after" && <NumberInput w={132} suffix=" s" min={1} label={t("nobodyThere.seconds")} value={seconds ?? FIRST_S} onChange={(next) => next !== "" && onChange(Math.max(1, Number(next)))} />}
    </Group>
  );
}
