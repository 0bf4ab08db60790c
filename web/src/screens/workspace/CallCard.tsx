import { useTranslation } from "react-i18next";
import { answerText, useWho } from "@/shared/format/who";
import type { Assignment, Call } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { StateBadge } from "@/shared/components/StateBadge";
import { durationText } from "@/shared/format/time";
import classes from "./Workspace.module.css";

/** What is known about this call: who, through which queue, what they told the flow. */
export function CallCard({ row, call }: { row: Assignment; call: Call | null }) {
  const { t, i18n } = useTranslation();
  const who = useWho();
  const state = row.state === "offered" ? "offered" : row.state === "wrap_up" || (!call && !row.party) ? "wrap_up" : call?.state === "held" ? "hold" : "talking";
  return (
    <header className={classes.card}>
      <div className={classes.cardTop}>
        <div style={{ minWidth: 0 }}>
          <h2 className={`${classes.who} td-break`}>{who(row)}</h2>
          <div className="td-muted">
            {[row.queue?.name ?? t(`direction.${row.direction}`), row.waited_s >= 1 ? t("offer.waited", { time: durationText(row.waited_s, i18n.language) }) : null].filter(Boolean).join(" · ")}
          </div>
        </div>
        <StateBadge state={state}>{call && <Elapsed since={call.on_hold_since ?? row.accepted_at ?? call.started_at} />}</StateBadge>
      </div>
      {row.number && row.contact?.name && <div style={{ marginTop: 4 }}><PhoneNumber value={row.number.e164} /></div>}
      {(row.flow_answers.length > 0 || row.skills.length > 0) && (
        <dl className={classes.facts}>
          {row.flow_answers.map((answer) => <div key={answer.label}><dt>{answer.label}</dt><dd>{answerText(t, answer.value)}</dd></div>)}
          {row.skills.length > 0 && <div><dt>{t("card.skills")}</dt><dd>{row.skills.join(", ")}</dd></div>}
        </dl>
      )}
      {row.state === "wrap_up" && <p className={classes.ended}>{t("card.callEnded")}</p>}
    </header>
  );
}
