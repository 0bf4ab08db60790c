import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Id } from "@/shared/api/types";
import { RelativeTime } from "@/shared/components/Time";
import { useWho } from "@/shared/format/who";
import { otherQuery } from "../api/links";
import { ConversationState } from "./ConversationRow";
import classes from "./Links.module.css";

/** As many as are taken in at once, and seen without scrolling. */
const SHOWN = 6;

/** Chooses another conversation than this one: by words or names, at first among what its customer wrote. */
export function OtherConversation({ row, without, value, onChange }: { row: Conversation; without: readonly Id[]; value: Conversation | null; onChange: (chosen: Conversation | null) => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const [search, setSearch] = useState("");
  const labelOf = (one: Conversation) => `${who(one)} · ${one.subject || one.preview}`;
  // What is chosen stands in the field: that is not what is looked for.
  const [q] = useDebouncedValue(value && search === labelOf(value) ? "" : search.trim(), 250);
  const found = useQuery(otherQuery(row, q));
  const rows = [...(value ? [value] : []), ...(found.data ?? []).filter((one) => one.id !== value?.id && !without.includes(one.id))].slice(0, SHOWN);
  return (
    <Select
      data-autofocus label={t("links.other")} description={t(row.contact ? "links.find" : "links.findAny")} placeholder={t("inbox.search")} searchable clearable withScrollArea={false} classNames={{ options: classes.options ?? "" }}
      searchValue={search} onSearchChange={setSearch} value={value?.id ?? null} onChange={(id) => onChange(rows.find((one) => one.id === id) ?? null)} clearButtonProps={{ "aria-label": t("common.clear") }}
      filter={({ options }) => options} data={rows.map((one) => ({ value: one.id, label: labelOf(one) }))} nothingFoundMessage={found.isPending ? t("common.loading") : t("links.nothing")}
      renderOption={({ option }) => {
        const one = rows.find((each) => each.id === option.value);
        return one && (
          <span className={classes.option}>
            <span className={classes.line}><strong className="td-clip">{who(one)}</strong><ConversationState state={one.state} /><span className={classes.aside}><RelativeTime at={one.last_at} /></span></span>
            <span className={`${classes.aside} td-clip`}>{one.subject || one.preview}</span>
          </span>
        );
      }}
    />
  );
}
