import { ActionIcon, SegmentedControl, Select, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilterOff, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ref } from "@/shared/api/types";
import { GROUPS, STATES } from "../api/callbacks";
import classes from "./Callbacks.module.css";

/** `from` and `to` are days of the centre's. Nothing said of the state: those that are open. */
export interface CallbackSearch { id?: string; state?: string; q?: string; queue_id?: string; user_id?: string; from?: string; to?: string }

export function CallbackFilters({ value, queues, users, onChange }: { value: CallbackSearch; queues: Ref[]; users: Ref[]; onChange: (next: CallbackSearch) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value.q ?? "");
  const [shown, setShown] = useState(value.q);
  // The address may change under the box (back, a link): then the box follows.
  if (shown !== value.q) {
    setShown(value.q);
    setText(value.q ?? "");
  }
  const set = (part: CallbackSearch) => onChange({ ...value, id: undefined, ...part });
  const search = useDebouncedCallback((q: string) => {
    setShown(q || undefined);
    set({ q: q || undefined });
  }, 250);
  const options = (rows: Ref[]) => rows.map((row) => ({ value: row.id, label: row.name }));
  const state = value.state ?? "open";
  const one = STATES.find((known) => known === state) ?? null;
  return (
    <search className={classes.filters}>
      <SegmentedControl aria-label={t("callback.show")} value={one ? "" : state} onChange={(next) => set({ state: next === "open" ? undefined : next })} data={GROUPS.map((group) => ({ value: group, label: t(`callback.show.${group}`) }))} />
      <TextInput
        type="search" aria-label={t("callback.search")} placeholder={t("callback.search")} leftSection={<IconSearch size={16} />} value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <Select label={t("callback.state")} placeholder={t("common.all")} clearable value={one} data={STATES.map((known) => ({ value: known, label: t(`callback.state.${known}`) }))} onChange={(next) => set({ state: next ?? "all" })} />
      <Select label={t("calls.column.queue")} placeholder={t("common.all")} clearable searchable limit={50} value={value.queue_id ?? null} data={options(queues)} onChange={(next) => set({ queue_id: next ?? undefined })} />
      {users.length > 0 && <Select label={t("calls.column.agent")} placeholder={t("common.all")} clearable searchable limit={50} value={value.user_id ?? null} data={options(users)} onChange={(next) => set({ user_id: next ?? undefined })} />}
      <TextInput type="date" label={t("callback.from")} max={value.to} value={value.from ?? ""} onChange={(event) => set({ from: event.currentTarget.value || undefined })} />
      <TextInput type="date" label={t("common.to")} min={value.from} value={value.to ?? ""} onChange={(event) => set({ to: event.currentTarget.value || undefined })} />
      {Object.values(value).some((known) => known !== undefined) && (
        <Tooltip label={t("common.clear")}><ActionIcon size={36} aria-label={t("common.clear")} onClick={() => onChange({})}><IconFilterOff size={18} /></ActionIcon></Tooltip>
      )}
    </search>
  );
}
