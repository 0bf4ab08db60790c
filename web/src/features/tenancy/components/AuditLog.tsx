import { Button, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Say } from "@/shared/admin/Say";
import { http } from "@/shared/api/client";
import type { Id, Instant, Page, Ref } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import classes from "./Hours.module.css";

interface AuditEntry { id: Id; at: Instant; user: Ref | null; action: string; subject_kind: string; subject_id: Id | null; subject_name?: string | null; details: Record<string, unknown> }
const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam, signal }) => http.get<Page<AuditEntry>>("/audit", { cursor: pageParam, limit: 100 }, signal),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  staleTime: 0,
});

export function AuditLog() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(auditQuery);
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("audit.lead")}</Text>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : entries.length === 0 ? <EmptyState icon={<IconHistory size={30} />} title={t("audit.empty")} /> : (
        <ol className={`td-card ${classes.log}`}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <span className="td-muted"><ExactTime at={entry.at} /></span>{" "}
              <Say text="audit.say" values={{ user: entry.user?.name ?? t("calls.hungUpBy.system"), action: entry.action, subject: entry.subject_name ?? `${entry.subject_kind} ${entry.subject_id?.slice(-6) ?? ""}` }} />
              {Object.keys(entry.details).length > 0 && <details><summary>{t("audit.details")}</summary><pre>{JSON.stringify(entry.details, null, 2)}</pre></details>}
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && <Button variant="subtle" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
