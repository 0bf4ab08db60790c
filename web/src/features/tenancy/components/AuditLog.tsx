import { ActionIcon, Button, Select, Text, TextInput, Tooltip } from "@mantine/core";
import { IconFilterOff, IconHistory } from "@tabler/icons-react";
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "@/shared/admin/api";
import { refsQuery } from "@/shared/admin/refs";
import { Say } from "@/shared/admin/Say";
import type { Names } from "@/shared/admin/types";
import { http } from "@/shared/api/client";
import type { AuditEntry, Page } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import { dayStart } from "@/shared/format/day";
import { localized } from "@/shared/format/localized";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import classes from "./AuditLog.module.css";
import { deedText, KINDS, measureWord, moreOf, pathOf } from "./audit";

interface Asked { user_id: string | null; kind: string | null; from: string; to: string }
const ALL: Asked = { user_id: null, kind: null, from: "", to: "" };

const auditQuery = ({ user_id, kind, from, to }: Asked, zone: string) => infiniteQueryOptions({
  queryKey: ["audit", user_id, kind, from, to, zone],
  queryFn: ({ pageParam, signal }) => http.get<Page<AuditEntry>>("/audit", {
    cursor: pageParam, limit: 100, user_id: user_id ?? undefined, kind: kind ?? undefined,
    since: from ? dayStart(from, zone) : undefined, until: to ? dayStart(to, zone, 1) : undefined,
  }, signal),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  placeholderData: keepPreviousData,
  staleTime: 0,
});

function Entry({ entry, names }: { entry: AuditEntry; names: Names }) {
  const { t, i18n } = useTranslation();
  const { tenant } = useSession();
  const told = entry.subject_kind === "alert_rule" ? measureWord(entry.subject_name) : localized(entry.subject_name, i18n.language);
  // Built-in roles are called by the reader's word; a contact or call without a name by its number.
  const named = (entry.subject_kind === "role" && names("/roles", entry.subject_id)) || (/^\+?\d+$/.test(told) ? phoneText(told, tenant.country) : told);
  const subject = named || (entry.subject_kind === "tenant" || !entry.subject_id ? "" : t("audit.gone", { id: entry.subject_id.slice(-6) }));
  const path = pathOf(entry);
  const more = moreOf(t, entry);
  return (
    <li>
      <span className={`td-muted ${classes.when}`}><ExactTime at={entry.at} /></span>
      <span className={classes.what}>
        <Say text="audit.say" values={{
          user: entry.user?.name ?? t("calls.hungUpBy.system"),
          action: <span className={classes.deed}>{deedText(t, entry.action)}</span>,
          subject: path && subject ? <Link to={path}>{subject}</Link> : subject,
        }} />
        {more.length > 0 && <span className="td-muted"> ({more.join(", ")})</span>}
      </span>
    </li>
  );
}

/** Who did what, in sentences; the log keeps ids, and the server tells what those are called today. */
export function AuditLog() {
  const { t } = useTranslation();
  const me = useSession();
  const [asked, setAsked] = useState(ALL);
  const query = useInfiniteQuery(auditQuery(asked, me.user.time_zone));
  const users = useQuery(refsQuery("/users")).data ?? [];
  const names = useNames([], ["/roles"]);
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = Object.values(asked).some(Boolean);
  const set = (part: Partial<Asked>) => setAsked((before) => ({ ...before, ...part }));
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("audit.lead")}</Text>
      <search className={classes.filters}>
        <Select label={t("audit.filter.who")} placeholder={t("common.all")} clearable searchable limit={50} value={asked.user_id} data={users.map((user) => ({ value: user.id, label: user.name }))} onChange={(user_id) => set({ user_id })} />
        <Select label={t("audit.filter.kind")} placeholder={t("common.all")} clearable searchable value={asked.kind} data={Object.entries(KINDS).map(([value, label]) => ({ value, label: t(label) as string }))} onChange={(kind) => set({ kind })} />
        <TextInput type="date" label={t("common.from")} max={asked.to || undefined} value={asked.from} onChange={(event) => set({ from: event.currentTarget.value })} />
        <TextInput type="date" label={t("common.to")} min={asked.from || undefined} value={asked.to} onChange={(event) => set({ to: event.currentTarget.value })} />
        {narrowed && <Tooltip label={t("common.clear")}><ActionIcon size={36} aria-label={t("common.clear")} onClick={() => setAsked(ALL)}><IconFilterOff size={18} /></ActionIcon></Tooltip>}
      </search>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : entries.length === 0 ? <EmptyState icon={<IconHistory size={30} />} title={t(narrowed ? "audit.nothing" : "audit.empty")} text={narrowed ? t("audit.nothingText") : undefined} />
          : <ol className={`td-card ${classes.log}`} aria-busy={query.isPlaceholderData}>{entries.map((entry) => <Entry key={entry.id} entry={entry} names={names} />)}</ol>}
      {query.hasNextPage && <Button variant="subtle" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
