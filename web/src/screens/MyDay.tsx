import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { myDayQuery } from "@/features/analytics/api/board";
import { MyDay } from "@/features/analytics/components/MyDay";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";

export function MyDayScreen() {
  const { t } = useTranslation();
  const query = useQuery(myDayQuery);
  return (
    <Page title={t("nav.myDay")}>
      {query.isPending ? <Loading rows={5} height={64} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <MyDay day={query.data} />}
    </Page>
  );
}
