import { ActionIcon, Indicator, Popover, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconFilter, IconSearch } from "@tabler/icons-react";
import { type ReactNode, type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ref } from "@/shared/api/types";
import "@/shared/i18n/inbox";
import type { Narrowed } from "../narrowed";
import classes from "./Inbox.module.css";

const CHANNELS = ["webchat", "email"] as const;

/** The search box, and what narrows the list besides. */
export function InboxFilters({ value, queues, users, tags, box, onChange, children }: { value: Narrowed; queues: Ref[]; users: Ref[]; tags: string[]; box: RefObject<HTMLInputElement | null>; onChange: (next: Narrowed) => void; children?: ReactNode }) {
  const { t } = useTranslation();
  const [text, setText] = useState(value.q ?? "");
  const [shown, setShown] = useState(value.q);
  // The address may change under the box (back, a link): then the box follows.
  if (shown !== value.q) {
    setShown(value.q);
    setText(value.q ?? "");
  }
  const set = (part: Narrowed) => onChange({ ...value, ...part });
  const search = useDebouncedCallback((q: string) => {
    setShown(q || undefined);
    set({ q: q || undefined });
  }, 250);
  const options = (rows: Ref[]) => rows.map((row) => ({ value: row.id, label: row.name }));
  const narrowed = Boolean(value.channel ?? value.queue_id ?? value.user_id ?? value.tag);
  return (
    <search className={classes.search}>
      <TextInput
        ref={box} aria-label={t("inbox.search")} placeholder={t("inbox.search")} leftSection={<IconSearch size={16} />} type="search" value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <Popover position="bottom-end" width={280} trapFocus returnFocus>
        <Indicator disabled={!narrowed} size={9}>
          <Popover.Target><ActionIcon size={36} variant="default" aria-label={t("common.filters")}><IconFilter size={17} /></ActionIcon></Popover.Target>
        </Indicator>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Select label={t("chat.channel")} placeholder={t("common.all")} clearable comboboxProps={{ withinPortal: false }} value={value.channel ?? null} data={CHANNELS.map((one) => ({ value: one, label: t(`chat.channel.${one}`) }))} onChange={(next) => set({ channel: next ?? undefined })} />
            <Select label={t("calls.column.queue")} placeholder={t("common.all")} clearable searchable comboboxProps={{ withinPortal: false }} value={value.queue_id ?? null} data={options(queues)} onChange={(next) => set({ queue_id: next ?? undefined })} />
            <Select label={t("calls.column.agent")} placeholder={t("common.all")} clearable searchable limit={50} comboboxProps={{ withinPortal: false }} value={value.user_id ?? null} data={options(users)} onChange={(next) => set({ user_id: next ?? undefined })} />
            <Select label={t("inbox.tag")} placeholder={t("common.all")} clearable searchable limit={50} comboboxProps={{ withinPortal: false }} value={value.tag ?? null} data={tags} onChange={(next) => set({ tag: next ?? undefined })} />
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {children}
    </search>
  );
}
