import { IconCircleCheck, IconCircleMinus, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RoutingDecision } from "@/shared/api/types";
import { timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import classes from "./Detail.module.css";

const VERDICTS = {
  chosen: <IconCircleCheck size={17} color="var(--ready)" aria-hidden />,
  passed_over: <IconCircleMinus size={17} color="var(--td-muted)" aria-hidden />,
  excluded: <IconCircleX size={17} color="var(--td-danger)" aria-hidden />,
};

/** Why this agent: every decision with whom it weighed. The sentences are the server's own, told in its words. */
export function Routing({ decisions }: { decisions: RoutingDecision[] }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const known = ["offered", "no_agent", "overflow", "missed", "declined", "timed_out", "overflowed"] as const;
  const word = (decision: string): string => {
    const found = known.find((one) => one === decision);
    return found ? t(`routing.${found}`) : decision;
  };
  return decisions.map((decision) => (
    <div key={decision.at + decision.decision} className={classes.decision}>
      <strong>{timeOfDay(decision.at, i18n.language, zone, true)} · {word(decision.decision)}{decision.chosen ? ` → ${decision.chosen.name}` : ""}</strong>
      <div>{decision.why}</div>
      <ul className={classes.candidates}>
        {decision.candidates.map((candidate) => (
          <li key={candidate.user.id}>
            {VERDICTS[candidate.verdict as keyof typeof VERDICTS] ?? VERDICTS.passed_over}
            <span className="td-clip">{candidate.user.name}</span>
            <span className="td-muted">{candidate.why}</span>
          </li>
        ))}
      </ul>
    </div>
  ));
}
