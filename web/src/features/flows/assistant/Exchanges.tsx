import { Button, Title } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { Exchange, Page } from "@/shared/api/types";
import { LookAtExchange } from "@/shared/components/Exchange";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import classes from "./Exchanges.module.css";

/** What the assistant was asked, newest first. */
export function Exchanges() {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey: ["assistant", "exchanges"],
    queryFn: ({ pageParam, signal }) => http.get<Page<Exchange>>("/assistant/exchanges", { cursor: pageParam, limit: 30 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <Title order={3} mt="xl">{t("assistant.told")}</Title>
      <p className="td-muted">{t("assistant.toldLead")}</p>
      {query.isPending ? <Loading rows={4} height={48} /> : query.error && rows.length === 0 ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<IconMessageQuestion size={32} />} title={t("assistant.none")} />
          : (
            <ul className={classes.rows} aria-label={t("assistant.told")}>
              {rows.map((row) => (
                <li key={row.id} className={classes.row}>
                  <div className={classes.what}>
                    <strong>{t(`assistant.purpose.${row.purpose}`)}</strong> · {t(`assistant.state.${row.outcome}`)}
                    <div className="td-muted td-break"><ExactTime at={row.at} /> · {t("assistant.cost", { model: row.model, ms: row.took_ms, tokens: row.tokens })}{row.problem && ` · ${row.problem}`}</div>
                  </div>
                  <LookAtExchange id={row.id} label={t("assistant.look")} />
                </li>
              ))}
            </ul>
          )}
      {query.hasNextPage && <Button mt="sm" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
