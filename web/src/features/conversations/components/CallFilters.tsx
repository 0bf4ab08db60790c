import { ActionIcon, Button, Select, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilter, IconFilterOff, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Ref, RESULTS } from "@/shared/api/types";
import "@/shared/i18n/chat";
import "@/shared/i18n/outbound";
import classes from "./CallLog.module.css";

export interface Filters { q?: string; from?: string; to?: string; queue_id?: string; user_id?: string; channel?: string; direction?: string; result?: string; disposition_id?: string; min_talk_s?: number; recording?: string }

export function CallFilters({ value, queues, users, results, onChange }: { value: Filters; queues: Ref[]; users: Ref[]; results: Ref[]; onChange: (next: Filters) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value.q ?? "");
  const [shown, setShown] = useState(value.q);
  const [open, setOpen] = useState(false);
  // The address may change under the box (back, a link): then the box follows.
  if (shown !== value.q) {
    setShown(value.q);
    setText(value.q ?? "");
  }
  const set = (part: Filters) => onChange({ ...value, ...part });
  const search = useDebouncedCallback((q: string) => {
    setShown(q || undefined);
    set({ q: q || undefined });
  }, 250);
  const options = (rows: Ref[]) => rows.map((row) => ({ value: row.id, label: row.name }));
  return (
    <search className={classes.filters} data-open={open || undefined}>
      <TextInput
        aria-label={t("common.search")} placeholder={t("calls.search")} leftSection={<IconSearch size={16} />} type="search" value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <Button variant="default" h={36} className={classes.toggle} aria-expanded={open} leftSection={<IconFilter size={16} />} onClick={() => setOpen(!open)}>{t("common.filters")}</Button>
      <TextInput type="date" label={t("common.from")} value={value.from ?? ""} onChange={(event) => set({ from: event.currentTarget.value || undefined })} />
      <TextInput type="date" label={t("common.to")} value={value.to ?? ""} onChange={(event) => set({ to: event.currentTarget.value || undefined })} />
      <Select label={t("calls.column.result")} placeholder={t("common.all")} clearable value={value.result ?? null} data={RESULTS.map((result) => ({ value: result, label: t(`result.${result}`) }))} onChange={(next) => set({ result: next ?? undefined })} />
      <Select label={t("chat.channel")} placeholder={t("common.all")} clearable value={value.channel ?? null} data={(["voice", "webchat", "email"] as const).map((one) => ({ value: one, label: t(`chat.channel.${one}`) }))} onChange={(next) => set({ channel: next ?? undefined })} />
      <Select label={t("calls.direction")} placeholder={t("common.all")} clearable value={value.direction ?? null} data={(["inbound", "outbound", "internal"] as const).map((one) => ({ value: one, label: t(`direction.${one}`) }))} onChange={(next) => set({ direction: next ?? undefined })} />
      <Select label={t("calls.column.queue")} placeholder={t("common.all")} clearable searchable value={value.queue_id ?? null} data={options(queues)} onChange={(next) => set({ queue_id: next ?? undefined })} />
      <Select label={t("calls.column.agent")} placeholder={t("common.all")} clearable searchable limit={50} value={value.user_id ?? null} data={options(users)} onChange={(next) => set({ user_id: next ?? undefined })} />
      <Select label={t("calls.minTalk")} placeholder={t("common.all")} clearable value={value.min_talk_s ? String(value.min_talk_s) : null} data={[30, 60, 180, 600].map((seconds) => ({ value: String(seconds), label: t("calls.atLeast", { count: seconds / 60 }) }))} onChange={(next) => set({ min_talk_s: next ? Number(next) : undefined })} />
      <Select label={t("calls.column.disposition")} placeholder={t("common.all")} clearable searchable limit={50} value={value.disposition_id ?? null} data={options(results)} onChange={(next) => set({ disposition_id: next ?? undefined })} />
      <Select label={t("hold.filter")} placeholder={t("common.all")} clearable value={value.recording ?? null} data={(["recorded", "held"] as const).map((one) => ({ value: one, label: t(`hold.${one}Calls`) }))} onChange={(next) => set({ recording: next ?? undefined })} />
      {Object.values(value).some((one) => one !== undefined) && (
        <Tooltip label={t("common.clear")}><ActionIcon style={{ flex: "none" }} size={36} aria-label={t("common.clear")} onClick={() => onChange({})}><IconFilterOff size={18} /></ActionIcon></Tooltip>
      )}
    </search>
  );
}
