import { IconCircleCheck, IconCircleMinus, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RoutingDecision } from "@/shared/api/types";
import { durationText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import classes from "./Detail.module.css";
import "@/shared/i18n/admin";

const DECISIONS = ["offered", "no_agent", "overflow", "missed", "declined", "timed_out", "overflowed", "taken", "assigned"] as const;
const STRATEGIES = ["longest_idle", "least_occupied", "round_robin", "fewest_contacts", "ring_all", "sequential"] as const;
const VERDICTS = ["chosen", "later_in_order", "skill_too_low", "waits_for_preferred", "let_it_pass", "busy", "not_ready", "away", "helps_later", "inbound_only", "outbound_only", "outbound_due", "outbound_first"] as const;
const OUTCOMES = ["accepted", "missed", "declined", "withdrawn", "failed"] as const;
const known = <Word extends string>(words: readonly Word[], word: string | null | undefined): Word | undefined => words.find((one) => one === word);

function Mark({ verdict }: { verdict: string }) {
  if (verdict === "chosen") return <IconCircleCheck size={17} color="var(--ready)" aria-hidden />;
  if (verdict === "later_in_order" || verdict === "waits_for_preferred") return <IconCircleMinus size={17} color="var(--td-muted)" aria-hidden />;
  return <IconCircleX size={17} color="var(--td-danger)" aria-hidden />;
}

/** Why this agent: every decision with whom it weighed, and why each of them was chosen or passed over. */
export function Routing({ decisions }: { decisions: RoutingDecision[] }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  return decisions.map((decision) => {
    const word = known(DECISIONS, decision.decision);
    const strategy = known(STRATEGIES, decision.why);
    const outcome = known(OUTCOMES, decision.outcome);
    const around = [
      strategy ? t(`strategy.${strategy}`) : decision.why,
      decision.free != null ? t("routing.free", { count: decision.free }) : null,
      decision.waited_s != null && decision.waited_s >= 1 ? t("routing.waited", { time: durationText(decision.waited_s, i18n.language) }) : null,
    ];
    return (
      <div key={decision.at + decision.decision} className={classes.decision}>
        <strong>
          <span className="td-num">{timeOfDay(decision.at, i18n.language, zone, true)}</span> · {word ? t(`routing.${word}`) : decision.decision}{decision.chosen ? ` → ${decision.chosen.name}` : ""}
          {outcome && outcome !== "accepted" ? ` · ${t(`routing.outcome.${outcome}`)}` : ""}
        </strong>
        {decision.preferred && <div className="td-muted">{t(`routing.preferred.${decision.preferred.why}`, { name: decision.preferred.user.name })}</div>}
        <div className="td-muted">{around.filter(Boolean).join(" ")}</div>
        <ul className={classes.candidates}>
          {decision.candidates.map((candidate) => {
            const verdict = known(VERDICTS, candidate.verdict);
            return (
              <li key={candidate.user.id}>
                <Mark verdict={candidate.verdict} />
                <span className="td-clip">{candidate.user.name}</span>
                <span className="td-muted">{verdict ? t(`verdict.${verdict}`) : candidate.why}</span>
              </li>
            );
          })}
        </ul>
      </div>
    );
  });
}
