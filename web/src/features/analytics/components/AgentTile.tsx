import { IconCheck, IconEar, IconPhoneOff } from "@tabler/icons-react";
import { memo, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { BoardAgent, Id } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { STATE_ICONS, stateStyle } from "@/shared/components/StateBadge";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { localized } from "@/shared/format/localized";
import classes from "./Board.module.css";

export const talks = (agent: BoardAgent): boolean => agent.state === "talking" || agent.state === "hold";

/** One agent: state, since when, with whom. Renders only when its own row changed. `chosen` null: nobody can be chosen. `listens`: one press listens. */
export const AgentTile = memo(function AgentTile({ agent, tabbable, chosen, listens, onClick }: { agent: BoardAgent; tabbable: boolean; chosen: boolean | null; listens: boolean; onClick: (event: MouseEvent, id: Id) => void }) {
  const { t, i18n } = useTranslation();
  const country = useSession().tenant.country;
  const Icon = STATE_ICONS[agent.state];
  const doing = agent.with ? [agent.with.contact || (agent.with.number ? phoneText(agent.with.number, country) : null), agent.with.queue].filter(Boolean).join(" · ") : agent.team;
  return (
    <li
      role="option" aria-selected={chosen ?? false} tabIndex={tabbable ? 0 : -1} onClick={(event) => onClick(event, agent.user.id)}
      className={classes.agent} data-user={agent.user.id} data-state={agent.state} style={stateStyle(agent.state)}
    >
      <Icon size={18} aria-hidden className={classes.agentIcon} />
      <span className={`td-clip ${classes.agentName}`}>{agent.user.name}</span>
      <Elapsed since={agent.since} className={classes.agentTime} />
      <span className={`td-clip ${classes.agentState}`}>{agent.state === "not_ready" && agent.reason ? localized(agent.reason, i18n.language) : t(`state.${agent.state}`)}</span>
      <span className={`td-clip ${classes.agentDoing}`}>
        {!agent.registered && agent.state !== "offline" && <IconPhoneOff size={14} aria-label={t("board.noPhone")} />} {doing}
      </span>
      {listens && talks(agent) && <span aria-hidden data-listen title={t("floor.listen")} className={classes.listen}><IconEar size={15} /></span>}
      {chosen !== null && <span aria-hidden data-mark className={classes.mark}>{chosen && <IconCheck size={14} />}</span>}
    </li>
  );
});
