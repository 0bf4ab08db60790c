import { Select, Stack, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import type { FieldProps } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";

type Rules = NonNullable<Wanted["widget"]["offline"]>;
type Queue = { id: string; name: string; channel?: string };

/** Whether a form stands in the chat's place while nobody is there, and when that is so. */
export function OfflineRules({ label, hint, value, error, errors, onChange }: FieldProps) {
  const { t } = useTranslation();
  const queues = (useQuery(refsQuery("/queues")).data ?? []) as Queue[];
  const calendars = useQuery(refsQuery("/calendars")).data ?? [];
  const rules = value as Rules | null;
  const chats = queues.filter((queue) => queue.channel === "webchat");
  const set = (part: Partial<Rules>) => onChange({ calendar: null, unstaffed: true, ...rules, ...part });
  // Hours that were archived, or that I may not see, stay chosen until I choose others.
  const names = [...new Set([...calendars.map((calendar) => calendar.name), ...(rules?.calendar ? [rules.calendar] : [])])];
  return (
    <Stack gap="md" role="group" aria-label={label}>
      <Switch label={label} description={hint} error={rules ? undefined : error} checked={rules !== null} onChange={(event) => onChange(event.currentTarget.checked ? { queue_id: chats[0]?.id ?? "", calendar: null, unstaffed: true } : null)} />
      {rules && (
        <>
          <Select withAsterisk searchable allowDeselect={false} label={t("admin.widgets.offlineQueue")} description={t("admin.widgets.offlineQueueHint")} error={errors["queue_id"] ?? error} data={chats.map((queue) => ({ value: queue.id, label: queue.name }))} value={rules.queue_id || null} onChange={(queue) => queue && set({ queue_id: queue })} />
          <Select searchable clearable label={t("admin.widgets.offlineHours")} description={t("admin.widgets.offlineHoursHint")} error={errors["calendar"]} placeholder={t("admin.widgets.offlineAlways")} data={names} value={rules.calendar ?? null} onChange={(calendar) => set({ calendar })} />
          <Switch label={t("admin.widgets.offlineUnstaffed")} checked={rules.unstaffed ?? true} onChange={(event) => set({ unstaffed: event.currentTarget.checked })} />
        </>
      )}
    </Stack>
  );
}
