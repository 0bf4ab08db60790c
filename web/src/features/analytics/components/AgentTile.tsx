import { IconPhoneOff } from "@tabler/icons-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { BoardAgent } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { STATE_ICONS, stateStyle } from "@/shared/components/StateBadge";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { localized } from "@/shared/format/localized";
import classes from "./Board.module.css";

/** One agent: state, since when, with whom. Renders only when its own row changed. */
export const AgentTile = memo(function AgentTile({ agent }: { agent: BoardAgent }) {
  const { t, i18n } = useTranslation();
  const country = useSession().tenant.country;
  const Icon = STATE_ICONS[agent.state];
  const doing = agent.with ? [agent.with.contact || (agent.with.number ? phoneText(agent.with.number, country) : null), agent.with.queue].filter(Boolean).join(" · ") : agent.team;
  return (
    <li className={classes.agent} data-user={agent.user.id} data-state={agent.state} style={stateStyle(agent.state)}>
      <Icon size={18} aria-hidden className={classes.agentIcon} />
      <span className={`td-clip ${classes.agentName}`}>{agent.user.name}</span>
      <Elapsed since={agent.since} className={classes.agentTime} />
      <span className={`td-clip ${classes.agentState}`}>{agent.state === "not_ready" && agent.reason ? localized(agent.reason, i18n.language) : t(`state.${agent.state}`)}</span>
      <span className={`td-clip ${classes.agentDoing}`}>
        {!agent.registered && agent.state !== "offline" && <IconPhoneOff size={14} aria-label={t("board.noPhone")} />} {doing}
      </span>
    </li>
  );
});
