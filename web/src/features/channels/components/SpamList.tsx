import "@/shared/i18n/mail";
import { Button, Text } from "@mantine/core";
import { IconMailCheck, IconMailOff } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { Id, Page, SpamLetter } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { ExactTime } from "@/shared/components/Time";
import classes from "./Rules.module.css";

const KEY = ["spam"];

/** What rules took for spam, and the way back for what is none. */
export function SpamList() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const describe = useProblemText();
  const query = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam, signal }) => http.get<Page<SpamLetter>>("/spam", { cursor: pageParam, limit: 50 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });
  const through = useMutation({
    mutationFn: (id: Id) => http.post(`/spam/${id}/let-through`),
    onSuccess: () => notice(t("spam.through")),
    onError: (error) => notice(describe(error), "bad"),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("spam.lead")}</Text>
      {query.isPending ? <Loading rows={5} height={72} /> : query.error && rows.length === 0 ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<IconMailOff size={32} />} title={t("spam.empty")} text={t("spam.emptyText")} />
          : (
            <ul className={classes.letters} aria-label={t("spam.title")}>
              {rows.map((row) => (
                <li key={row.id} className={classes.letter}>
                  <div className={classes.what}>
                    <strong>{row.subject || t("mail.noSubject")}</strong>
                    <div className="td-muted">{t("mail.from", { who: row.name ? `${row.name} <${row.sender}>` : row.sender })} · {t("mail.to", { who: row.mailbox })} · <ExactTime at={row.at} /></div>
                    <div className="td-muted">{t("spam.by", { rule: row.rule })}</div>
                    {row.text && <pre className={classes.text} tabIndex={0}>{row.text}</pre>}
                  </div>
                  <Button variant="default" leftSection={<IconMailCheck size={16} />} loading={through.isPending && through.variables === row.id} onClick={() => through.mutate(row.id)}>{t("spam.none")}</Button>
                </li>
              ))}
            </ul>
          )}
      {query.hasNextPage && <Button mt="sm" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
