import { ActionIcon, Select } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconInbox, IconListCheck, IconMessages } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { conversationQuery, inboxQuery, tagsQuery, viewsQuery } from "@/features/conversations/api/inbox";
import { linksQuery } from "@/features/conversations/api/links";
import { ConversationRow } from "@/features/conversations/components/ConversationRow";
import { InboxFilters } from "@/features/conversations/components/InboxFilters";
import { countText, useCount, Views } from "@/features/conversations/components/InboxViews";
import { type Narrowed, narrowedOf, sameNarrowing, type View, VIEWS } from "@/features/conversations/narrowed";
import { keyText, useActions } from "@/shared/actions/registry";
import { refsQuery } from "@/shared/admin/refs";
import type { Id } from "@/shared/api/types";
import { useChoosing } from "@/shared/choosing";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { usePageTitle } from "@/shared/components/title";
import { VirtualRows } from "@/shared/components/VirtualRows";
import "@/shared/i18n/inbox";
import { soon } from "@/shared/later";
import { useTopic } from "@/shared/realtime/context";
import { may, useSession } from "@/shared/session";
import { NarrowTabs } from "../workspace/NarrowTabs";
import classes from "./Inbox.module.css";
import { Opened } from "./Opened";

const CustomerPanel = soon(async () => (await import("@/features/crm/components/CustomerPanel")).CustomerPanel);
const Many = soon(async () => (await import("@/features/conversations/components/Many")).Many);
const KeptViews = soon(async () => (await import("@/features/conversations/components/KeptViews")).KeptViews);
const Links = soon(async () => (await import("@/features/conversations/components/Links")).Links);
const KeepView = soon(async () => (await import("@/features/conversations/components/KeptViews")).KeepView);
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
  const kept = useQuery(viewsQuery).data ?? [];
  const named = kept.find((one) => sameNarrowing(narrowedOf(one), narrowed));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const contact = useQuery({ ...conversationQuery(id ?? ""), enabled: id !== undefined }).data?.contact;
  const links = useQuery({ ...linksQuery(id ?? ""), enabled: id !== undefined }).data;
  const linked = (links?.links.length ?? 0) + (links?.hidden ?? 0);
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
  const choosing = useChoosing(useMemo(() => rows.map((row) => row.id), [rows]));
  const many = may(useSession(), "interactions.edit");
  const [begun, setBegun] = useState(false);
  const several = begun || choosing.chosen.size > 0;
  const stop = { ...choosing, clear: () => { setBegun(false); choosing.clear(); } };
  useActions([
    many && id !== undefined ? { id: "inbox.choose", name: t("inbox.choose"), section: "general", hotkey: "X", perform: () => choosing.toggle(id) } : null,
    { id: "inbox.next", name: t("inbox.next"), section: "general", hotkey: "J", perform: () => step(1) },
    { id: "inbox.previous", name: t("inbox.previous"), section: "general", hotkey: "K", perform: () => step(-1) },
    { id: "inbox.find", name: t("inbox.find"), section: "general", hotkey: "/", perform: () => box.current?.focus() },
    id === undefined ? null : { id: "inbox.reply", name: t("inbox.reply"), section: "general", hotkey: "R", perform: () => document.querySelector<HTMLElement>("[data-composer] textarea")?.focus() },
  ]);
  const looking = Boolean(narrowed.q ?? narrowed.channel ?? narrowed.queue_id ?? narrowed.user_id ?? narrowed.tag);
  const word = (one: View) => (count(one) ? `${t(`inbox.view.${one}`)} (${countText(count(one) ?? 0)})` : t(`inbox.view.${one}`));
  const pickView = (next: string | null) => {
    const one = kept.find((each) => each.id === next);
    if (next) narrowTo(one ? narrowedOf(one) : { ...narrowed, view: next as View });
  };
  const list = (
    <section className={classes.list} aria-label={t("inbox.title")}>
      {!wide && <Select className={classes.pickView} aria-label={t("inbox.views")} allowDeselect={false} value={named?.id ?? view} data={[{ group: t("inbox.views"), items: VIEWS.map((one) => ({ value: one, label: word(one) })) }, ...(kept.length > 0 ? [{ group: t("inbox.saved"), items: kept.map((one) => ({ value: one.id, label: one.name })) }] : [])]} onChange={pickView} />}
      <InboxFilters value={narrowed} queues={queues} users={users} tags={tags} box={box} onChange={narrowTo}>
        {many && <ActionIcon size={36} variant="default" aria-pressed={several} aria-label={t("inbox.choose")} title={`${t("inbox.choose")} (${keyText("X")})`} onClick={() => (several ? stop.clear() : setBegun(true))}><IconListCheck size={17} /></ActionIcon>}
        <Suspense><KeepView value={narrowed} /></Suspense>
      </InboxFilters>
      {several && <Suspense><Many choosing={stop} shown={rows.length} /></Suspense>}
      {query.isPending ? <div className={classes.pad}><Loading rows={8} height={56} /></div> : query.error && rows.length === 0 ? <div className={classes.pad}><ProblemNote error={query.error} retry={() => void query.refetch()} /></div>
        : rows.length === 0 ? <EmptyState icon={<IconInbox size={32} />} title={t(looking ? "inbox.nothing" : "inbox.empty")} text={t(looking ? "inbox.nothingText" : "inbox.emptyText")} />
          : (
            <div className={classes.rows} data-choosing={several || undefined}>
              <VirtualRows label={t(`inbox.view.${view}`)} rows={rows} rowKey={(row) => row.id} height={ROW} reveal={at} render={(row) => <ConversationRow row={row} selected={row.id === id} chosen={choosing.chosen.has(row.id)} onOpen={() => open(row.id)} onChoose={many ? (reach) => (reach ? choosing.reach : choosing.toggle)(row.id) : undefined} />} onEnd={more} busy={query.isFetchingNextPage} />
            </div>
          )}
    </section>
  );
  const customer = id !== undefined && (contact !== undefined && contact !== null || linked > 0) && (
    <>
      {linked > 0 && <Suspense><Links id={id} onOpen={open} /></Suspense>}
      {contact && <Suspense fallback={<Loading rows={7} />}><CustomerPanel key={contact.id} contactId={contact.id} /></Suspense>}
    </>
  );
  const opened = id === undefined ? null : <Opened key={id} id={id} onBack={narrow ? () => open(undefined) : undefined} onOpen={open} />;
  return (
    <div className={classes.columns} data-wide={wide || undefined} data-narrow={narrow || undefined}>
      <h1 className="td-visually-hidden">{t("inbox.title")}</h1>
      {wide && <nav className={classes.side} aria-label={t("inbox.views")}><Views view={named ? undefined : view} onPick={(next) => narrowTo({ ...narrowed, view: next })} /><Suspense><KeptViews value={narrowed} onPick={narrowTo} /></Suspense></nav>}
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
