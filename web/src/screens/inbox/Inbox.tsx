import { Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconInbox, IconMessages } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useCallback, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { conversationQuery, inboxQuery, tagsQuery } from "@/features/conversations/api/inbox";
import { ConversationRow } from "@/features/conversations/components/ConversationRow";
import { InboxFilters } from "@/features/conversations/components/InboxFilters";
import { countText, useCount, Views } from "@/features/conversations/components/InboxViews";
import { type Narrowed, type View, VIEWS } from "@/features/conversations/narrowed";
import { keyText, useActions } from "@/shared/actions/registry";
import { refsQuery } from "@/shared/admin/refs";
import type { Id } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { usePageTitle } from "@/shared/components/title";
import { VirtualRows } from "@/shared/components/VirtualRows";
import "@/shared/i18n/inbox";
import { soon } from "@/shared/later";
import { useTopic } from "@/shared/realtime/context";
import { NarrowTabs } from "../workspace/NarrowTabs";
import classes from "./Inbox.module.css";
import { Opened } from "./Opened";

const CustomerPanel = soon(async () => (await import("@/features/crm/components/CustomerPanel")).CustomerPanel);
const ROW = 82;

/** Views · conversations · the one that is open, with its customer. On a narrow page one of them at a time. */
export function Inbox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { id, ...narrowed } = useSearch({ from: "/shell/inbox" });
  const view = narrowed.view ?? "open";
  const wide = useMediaQuery("(min-width: 1280px)", true, { getInitialValueInEffect: false });
  const narrow = useMediaQuery("(max-width: 900px)", false, { getInitialValueInEffect: false });
  const besides = useMediaQuery("(min-width: 1680px)", true, { getInitialValueInEffect: false });
  usePageTitle(t("inbox.title"));
  useTopic("inbox");
  const query = useInfiniteQuery(inboxQuery(narrowed));
  const count = useCount();
  const queues = useQuery(refsQuery("/queue-names")).data ?? [];
  const users = useQuery(refsQuery("/users")).data ?? [];
  const tags = useQuery(tagsQuery).data ?? [];
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const contact = useQuery({ ...conversationQuery(id ?? ""), enabled: id !== undefined }).data?.contact;
  const box = useRef<HTMLInputElement>(null);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const open = (next: Id | undefined) => void navigate({ to: "/inbox", search: { ...narrowed, id: next }, replace: true });
  const narrowTo = (next: Narrowed) => void navigate({ to: "/inbox", search: { ...next, id }, replace: true });
  const at = rows.findIndex((row) => row.id === id);
  const step = (by: 1 | -1) => {
    const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next) open(next.id);
  };
  useActions([
    { id: "inbox.next", name: t("inbox.next"), section: "general", hotkey: "J", perform: () => step(1) },
    { id: "inbox.previous", name: t("inbox.previous"), section: "general", hotkey: "K", perform: () => step(-1) },
    { id: "inbox.find", name: t("inbox.find"), section: "general", hotkey: "/", perform: () => box.current?.focus() },
    id === undefined ? null : { id: "inbox.reply", name: t("inbox.reply"), section: "general", hotkey: "R", perform: () => document.querySelector<HTMLElement>("[data-composer] textarea")?.focus() },
  ]);
  const looking = Boolean(narrowed.q ?? narrowed.channel ?? narrowed.queue_id ?? narrowed.user_id ?? narrowed.tag);
  const word = (one: View) => (count(one) ? `${t(`inbox.view.${one}`)} (${countText(count(one) ?? 0)})` : t(`inbox.view.${one}`));
  const list = (
    <section className={classes.list} aria-label={t("inbox.title")}>
      {!wide && <Select className={classes.pickView} aria-label={t("inbox.views")} allowDeselect={false} value={view} data={VIEWS.map((one) => ({ value: one, label: word(one) }))} onChange={(next) => next && narrowTo({ ...narrowed, view: next as View })} />}
      <InboxFilters value={narrowed} queues={queues} users={users} tags={tags} box={box} onChange={narrowTo} />
      {query.isPending ? <div className={classes.pad}><Loading rows={8} height={56} /></div> : query.error && rows.length === 0 ? <div className={classes.pad}><ProblemNote error={query.error} retry={() => void query.refetch()} /></div>
        : rows.length === 0 ? <EmptyState icon={<IconInbox size={32} />} title={t(looking ? "inbox.nothing" : "inbox.empty")} text={t(looking ? "inbox.nothingText" : "inbox.emptyText")} />
          : (
            <div className={classes.rows}>
              <VirtualRows label={t(`inbox.view.${view}`)} rows={rows} rowKey={(row) => row.id} height={ROW} reveal={at} render={(row) => <ConversationRow row={row} selected={row.id === id} onOpen={() => open(row.id)} />} onEnd={more} busy={query.isFetchingNextPage} />
            </div>
          )}
    </section>
  );
  const customer = contact && <Suspense fallback={<Loading rows={7} />}><CustomerPanel key={contact.id} contactId={contact.id} /></Suspense>;
  const opened = id === undefined ? null : <Opened key={id} id={id} onBack={narrow ? () => open(undefined) : undefined} />;
  return (
    <div className={classes.columns} data-wide={wide || undefined} data-narrow={narrow || undefined}>
      <h1 className="td-visually-hidden">{t("inbox.title")}</h1>
      {wide && <nav className={classes.side} aria-label={t("inbox.views")}><Views view={view} onPick={(next) => narrowTo({ ...narrowed, view: next })} /></nav>}
      {!(narrow && opened) && list}
      {opened ? (
        <section className={classes.contact}>
          {besides || !customer ? opened : <div className={classes.tabs}><NarrowTabs name={t("chat.short")} contact={opened} customer={<div className={classes.customer}>{customer}</div>} /></div>}
          {besides && customer && <aside className={classes.beside} aria-label={t("contact.kind.customer")}>{customer}</aside>}
        </section>
      ) : !narrow && (
        <section className={classes.contact}>
          <EmptyState icon={<IconMessages size={32} />} title={t("inbox.pick")} text={t("inbox.pickText", { next: keyText("J"), previous: keyText("K"), search: keyText("/") })} />
        </section>
      )}
    </div>
  );
}
