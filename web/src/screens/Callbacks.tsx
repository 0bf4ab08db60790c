import "@/shared/i18n/callbacks";
import { Button } from "@mantine/core";
import { IconPhoneOutgoing } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { callbackQuery, callbacksQuery, queueNamesQuery } from "@/features/routing/api/callbacks";
import { CallbackFilters, type CallbackSearch } from "@/features/routing/components/CallbackFilters";
import { CallbackRow } from "@/features/routing/components/CallbackRow";
import classes from "@/features/routing/components/Callbacks.module.css";
import { CallbackTable } from "@/features/routing/components/CallbackTable";
import { PromiseForm } from "@/features/routing/components/PromiseForm";
import { refsQuery } from "@/shared/admin/refs";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { dayStart } from "@/shared/format/day";
import { useTopic } from "@/shared/realtime/context";
import { may, useSession } from "@/shared/session";

const KEYS = ["id", "state", "q", "queue_id", "user_id", "from", "to"] as const;

/** The filters live in the address, so that a view can be kept and a call can lead to its callback. */
function useAsked(): CallbackSearch {
  const search: Record<string, unknown> = useSearch({ strict: false });
  return useMemo(() => {
    const found: CallbackSearch = {};
    // A number typed as a search arrives parsed: it must stay what was typed.
    for (const key of KEYS) if ((typeof search[key] === "string" && search[key] !== "") || typeof search[key] === "number") found[key] = String(search[key]);
    return found;
  }, [search]);
}

/** Who is to be called back: my promises, and for supervisors their queues'. Live. */
export function Callbacks() {
  const { t } = useTranslation();
  const me = useSession();
  const zone = me.tenant.time_zone;
  const navigate = useNavigate();
  useTopic("callbacks");
  const search = useAsked();
  const [adding, setAdding] = useState(false);
  const [counting, setCounting] = useState(false);
  const { id, ...others } = search;
  // Days are the centre's days; the server gets instants.
  const asked = { ...others, state: others.state ?? "open", from: others.from ? dayStart(others.from, zone) : undefined, to: others.to ? dayStart(others.to, zone, 1) : undefined };
  const list = useInfiniteQuery({ ...callbacksQuery(asked), enabled: id === undefined });
  const single = useQuery({ ...callbackQuery(id ?? ""), enabled: id !== undefined });
  const query = id === undefined ? list : single;
  const rows = id === undefined ? (list.data?.pages.flatMap((page) => page.items) ?? []) : single.data ? [single.data] : [];
  const queues = useQuery(queueNamesQuery).data ?? [];
  const users = useQuery(refsQuery("/users")).data ?? [];
  const narrowed = Object.keys(search).some((key) => key !== "state");
  const set = (next: CallbackSearch) => void navigate({ to: "/callbacks", search: next as never, replace: true });
  return (
    <Page
      title={t("callback.title")}
      actions={
        <>
          <Button variant="default" aria-expanded={counting} onClick={() => setCounting(!counting)}>{t("callback.figures")}</Button>
          {may(me, "callbacks.edit") && <Button aria-expanded={adding} onClick={() => setAdding(!adding)}>{t("callback.promise")}</Button>}
        </>
      }
    >
      {adding && <PromiseForm onDone={() => setAdding(false)} />}
      <CallbackFilters value={search} queues={queues} users={users} onChange={set} />
      {counting && <CallbackTable asked={asked} />}
      {query.isPending ? <Loading rows={5} height={64} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? (
          <EmptyState
            icon={<IconPhoneOutgoing size={32} />} title={t(narrowed ? "callback.nothing" : "callback.empty")} text={t(narrowed ? "callback.nothingText" : "callback.emptyText")}
            action={narrowed ? <Button variant="default" onClick={() => set({})}>{t("common.clear")}</Button> : undefined}
          />
        ) : <ul className={classes.list} aria-busy={list.isPlaceholderData}>{rows.map((row) => <CallbackRow key={row.id} row={row} />)}</ul>}
      {id === undefined && list.hasNextPage && <Button variant="subtle" mt="sm" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("common.more")}</Button>}
    </Page>
  );
}
