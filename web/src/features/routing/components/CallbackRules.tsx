import { Group, NumberInput, Radio, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import type { FieldProps } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";

type Rules = Required<NonNullable<Wanted["queue"]["callbacks"]>>;
const MIDNIGHT = { shown: "00:00", stored: "24:00" };

/** How a queue calls its customers back: when, how often, and whose phone rings first. */
export function CallbackRules({ label, value, error, errors, onChange }: FieldProps) {
  const { t } = useTranslation();
  const calendars = useQuery(refsQuery("/calendars")).data ?? [];
  const rules = value as Rules;
  const set = (part: Partial<{ [key in keyof Rules]: Rules[key] | null }>) => onChange({ ...rules, ...part });
  const number = (next: number | string) => (next === "" ? null : Number(next));
  // Hours that were archived, or that I may not see, stay chosen until I choose others.
  const names = [...new Set([...calendars.map((calendar) => calendar.name), ...(rules.calendar ? [rules.calendar] : [])])];
  return (
    <Stack gap="md" role="group" aria-label={label}>
      <Radio.Group label={t("callbackRules.customerFirst")} error={error ?? errors["customer_first"]} value={rules.customer_first ? "customer" : "agent"} onChange={(first) => set({ customer_first: first === "customer" })}>
        <Stack gap={8} mt={4}>
          <Radio value="agent" label={t("callbackRules.agent")} description={t("callbackRules.agentHint")} />
          <Radio value="customer" label={t("callbackRules.customer")} description={t("callbackRules.customerHint")} />
        </Stack>
      </Radio.Group>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput miw={180} label={t("callbackRules.tries")} description={t("callbackRules.triesHint")} error={errors["max_attempts"]} withAsterisk min={1} max={20} allowDecimal={false} value={rules.max_attempts ?? ""} onChange={(next) => set({ max_attempts: number(next) })} />
        <NumberInput miw={180} label={t("callbackRules.retry")} description={t("callbackRules.retryHint")} error={errors["retry_s"]} withAsterisk suffix=" s" min={30} max={86_400} value={rules.retry_s ?? ""} onChange={(next) => set({ retry_s: number(next) })} />
      </Group>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput miw={180} type="time" label={t("callbackRules.first")} description={t("callbackRules.dayHint")} error={errors["first"]} withAsterisk value={rules.first} onChange={(event) => set({ first: event.currentTarget.value })} />
        <TextInput
          miw={180} type="time" label={t("callbackRules.last")} description={t("callbackRules.lastHint")} error={errors["last"]} withAsterisk
          value={rules.last === MIDNIGHT.stored ? MIDNIGHT.shown : rules.last}
          onChange={(event) => set({ last: event.currentTarget.value === MIDNIGHT.shown ? MIDNIGHT.stored : event.currentTarget.value })}
        />
      </Group>
      <Select label={t("callbackRules.calendar")} description={t("callbackRules.calendarHint")} error={errors["calendar"]} placeholder={t("callbackRules.anyTime")} searchable clearable data={names} value={rules.calendar} onChange={(calendar) => set({ calendar })} />
      <Switch label={t("callbackRules.international")} description={t("callbackRules.internationalHint")} error={errors["international"]} checked={rules.international} onChange={(event) => set({ international: event.currentTarget.checked })} />
    </Stack>
  );
}
