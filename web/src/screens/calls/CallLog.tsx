import { Button } from "@mantine/core";
import { IconPhoneOff, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useMediaQuery } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { interactionsQuery } from "@/features/conversations/api/interactions";
import { CallFilters, type Filters } from "@/features/conversations/components/CallFilters";
import classes from "@/features/conversations/components/CallLog.module.css";
import { CallLogHeader, CallRow } from "@/features/conversations/components/CallRow";
import { dispositionsQuery } from "@/features/routing/api/assignments";
import { refsQuery } from "@/shared/admin/refs";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { VirtualRows } from "@/shared/components/VirtualRows";
import { dayStart } from "@/shared/format/day";
import { localized } from "@/shared/format/localized";
import { useTopic } from "@/shared/realtime/context";
import { useSession } from "@/shared/session";

export function CallLog() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: "/shell/calls" });
  const zone = useSession().tenant.time_zone;
  const narrow = useMediaQuery("(max-width: 620px)", false, { getInitialValueInEffect: false });
  useTopic("interactions");
  // Days are the centre's days; the server gets instants.
  const filters = useMemo(() => ({
    ...search, from: search.from ? dayStart(search.from, zone) : undefined, to: search.to ? dayStart(search.to, zone, 1) : undefined,
  }), [search, zone]);
  // Who comes back wants what was called meanwhile, and reads no row yet that might move.
  const query = useInfiniteQuery({ ...interactionsQuery(filters), refetchOnMount: "always" });
  const queues = useQuery(refsQuery("/queue-names")).data ?? [];
  const users = useQuery(refsQuery("/users")).data ?? [];
  const dispositions = useQuery(dispositionsQuery(null)).data ?? [];
  const groups = new Set(dispositions.map((row) => row.parent_id));
  const results = dispositions.filter((row) => !groups.has(row.id)).map((row) => ({ id: row.id, name: localized(row.label, i18n.language) }));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const filtered = Object.keys(search).length > 0;
  const set = (next: Filters) => void navigate({ to: "/calls", search: next, replace: true });
  return (
    <Page
      wide title={t("calls.title")}
      actions={query.isStale && !query.isFetching && rows.length > 0 ? <Button variant="light" leftSection={<IconRefresh size={16} />} onClick={() => void query.refetch()}>{t("calls.newer")}</Button> : null}
    >
      <CallFilters value={search} queues={queues} users={users} results={results} onChange={set} />
      <div className={`td-card ${classes.list}`}>
        {query.isPending ? <div style={{ padding: 14 }}><Loading rows={12} /></div> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
          : rows.length === 0 ? (
            <EmptyState
              icon={<IconPhoneOff size={32} />} title={t(filtered ? "calls.nothing" : "calls.empty")} text={t(filtered ? "calls.nothingText" : "calls.emptyText")}
              action={filtered ? <Button variant="default" onClick={() => set({})}>{t("common.clear")}</Button> : undefined}
            />
          ) : (
            <VirtualRows label={t("calls.title")} rows={rows} rowKey={(row) => row.id} height={narrow ? 58 : 36} header={narrow ? undefined : <CallLogHeader />} render={(row) => <CallRow row={row} />} onEnd={more} busy={query.isFetchingNextPage} />
          )}
      </div>
    </Page>
  );
}
