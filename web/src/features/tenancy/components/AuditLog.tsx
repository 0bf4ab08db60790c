import { Button, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNames } from "@/shared/admin/api";
import { Say } from "@/shared/admin/Say";
import { http } from "@/shared/api/client";
import type { AuditEntry, Page } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import { deedText, fieldsOf, NAMED } from "./audit";
import classes from "./Hours.module.css";

const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam, signal }) => http.get<Page<AuditEntry>>("/audit", { cursor: pageParam, limit: 100 }, signal),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
  staleTime: 0,
});

/** Who did what, in sentences; names are looked up, for the log itself keeps ids only. */
export function AuditLog() {
  const { t } = useTranslation();
  const query = useInfiniteQuery(auditQuery);
  const names = useNames([], Object.values(NAMED));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  const subjectOf = (entry: AuditEntry): string => {
    const path = NAMED[entry.subject_kind];
    const name = path ? names(path, entry.subject_id) : null;
    return name ?? (entry.subject_kind === "tenant" ? "" : `№ ${entry.subject_id?.slice(-6) ?? ""}`);
  };
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("audit.lead")}</Text>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : entries.length === 0 ? <EmptyState icon={<IconHistory size={30} />} title={t("audit.empty")} /> : (
        <ol className={`td-card ${classes.log}`}>
          {entries.map((entry) => (
            <li key={entry.id}>
              <span className={`td-muted ${classes.when}`}><ExactTime at={entry.at} /></span>
              <span>
                <Say text="audit.say" values={{ user: entry.user?.name ?? t("calls.hungUpBy.system"), action: <span className={classes.deed}>{deedText(t, entry.action)}</span>, subject: subjectOf(entry) }} />
                {fieldsOf(entry).length > 0 && <span className="td-muted"> ({fieldsOf(entry).join(", ")})</span>}
              </span>
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && <Button variant="subtle" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
