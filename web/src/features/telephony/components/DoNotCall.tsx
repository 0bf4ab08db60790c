import "@/shared/i18n/admin";
import "@/shared/i18n/outbound";
import { ActionIcon, Button, Text, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileImport, IconPhoneOff, IconPlus, IconSearch, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DoNotCallEntry } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { serverNow } from "@/shared/format/clock";
import { phoneText } from "@/shared/format/phone";
import { dateText, exactText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { doNotCallQuery, useDoNotCall } from "../api/doNotCall";
import classes from "./DoNotCall.module.css";
import { DoNotCallForm } from "./DoNotCallForm";

function Entry({ row, onRemove }: { row: DoNotCallEntry; onRemove: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useSession();
  const zone = me.user.time_zone;
  const number = row.prefix ? row.number : phoneText(row.number, me.tenant.country);
  const until = row.until && dateText(row.until, i18n.language, zone);
  const over = row.until !== null && Date.parse(row.until) <= serverNow();
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <strong className="td-num">{row.prefix ? t("dnc.begins", { number }) : number}</strong>
        <div className={classes.facts}>
          {row.reason && <span>{row.reason}</span>}
          <span>{until ? t(over ? "dnc.over" : "dnc.untilDay", { date: until }) : t("dnc.forGood")}</span>
          <span title={exactText(row.added_at, i18n.language, zone)}>{dateText(row.added_at, i18n.language, zone)}{row.by ? ` ${t("dnc.by", { name: row.by })}` : ""}</span>
        </div>
      </div>
      <Tooltip label={t("dnc.remove", { number })}><ActionIcon aria-label={t("dnc.remove", { number })} onClick={onRemove}><IconTrash size={17} /></ActionIcon></Tooltip>
    </li>
  );
}

/** Who must not be called: searched on the server, since such lists are long. */
export function DoNotCall() {
  const { t } = useTranslation();
  const describe = useProblemText();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const [form, setForm] = useState<"one" | "list" | null>(null);
  const query = useInfiniteQuery(doNotCallQuery(q));
  const { remove, restore } = useDoNotCall();
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const take = (row: DoNotCallEntry) =>
    remove.mutate(row.id, {
      onSuccess: () => undoable(t("dnc.removed", { number: row.number }), t("common.undo"), () => restore.mutate(row.id)),
      onError: (error) => notice(describe(error), "bad"),
    });
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("dnc.lead")}</Text>
      <div className={classes.tools}>
        <TextInput aria-label={t("common.search")} placeholder={t("common.search")} type="search" leftSection={<IconSearch size={16} />} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setForm("one")}>{t("dnc.new")}</Button>
        <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setForm("list")}>{t("dnc.import")}</Button>
      </div>
      {query.isPending ? <Loading rows={6} height={52} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<IconPhoneOff size={30} />} title={q ? t("search.nothing") : t("dnc.empty")} />
          : <ul className={`td-card ${classes.rows}`}>{rows.map((row) => <Entry key={row.id} row={row} onRemove={() => take(row)} />)}</ul>}
      {query.hasNextPage && <Button mt="sm" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("dnc.more")}</Button>}
      {form && <DoNotCallForm kind={form} onClose={() => setForm(null)} />}
    </section>
  );
}
