import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { myDayQuery } from "@/features/analytics/api/board";
import { Figures } from "@/features/analytics/components/Figures";
import { interactionsQuery } from "@/features/conversations/api/interactions";
import { Loading } from "@/shared/components/Feedback";
import { ResultBadge } from "@/shared/components/ResultBadge";
import { RelativeTime } from "@/shared/components/Time";
import { afterFirstPaint } from "@/shared/later";
import { clockText } from "@/shared/format/time";
import { useWho } from "@/shared/format/who";
import { useSession } from "@/shared/session";
import classes from "./Idle.module.css";

const MyBlend = lazy(() => new Promise<void>(afterFirstPaint).then(() => import("@/features/routing/components/MyBlend")));

/** Between two calls: how the day goes, and the latest calls to look something up in. */
export function Idle() {
  const { t } = useTranslation();
  const me = useSession();
  const who = useWho();
  const day = useQuery(myDayQuery).data;
  const calls = useInfiniteQuery(interactionsQuery({ user_id: me.user.id }));
  const latest = calls.data?.pages[0]?.items.slice(0, 8) ?? [];
  return (
    <div className={classes.idle}>
      <section>
        <h2>{t("idle.today")}</h2>
        {day ? <Figures day={day} only={["handled", "aht_s", "occupancy", "missed"]} /> : <Loading rows={1} height={66} />}
      </section>
      <Suspense><MyBlend /></Suspense>
      <section>
        <h2>{t("idle.calls")}</h2>
        {calls.isPending ? <Loading rows={4} /> : latest.length === 0 ? <p className="td-muted">{t("idle.noCalls")}</p> : (
          <ul className={classes.calls}>
            {latest.map((row) => (
              <li key={row.id}>
                <Link to="/calls/$interactionId" params={{ interactionId: row.id }}>
                  <strong className="td-clip">{who(row)}</strong>
                  <ResultBadge result={row.result} />
                  <span className="td-muted td-clip">{[row.disposition, row.queue?.name].filter(Boolean).join(" · ")}</span>
                  <span className="td-num td-muted">{row.talk_s ? clockText(row.talk_s) : ""}</span>
                  <span className="td-muted"><RelativeTime at={row.started_at} /></span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
