import { IconAlertTriangle, IconAt, IconBell, IconClockPause, IconClockPlay, IconHourglass, IconMessageCircle, IconMessageOff, IconRobot } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/shared/api/types";
import { StateBadge } from "@/shared/components/StateBadge";
import { Verified } from "@/shared/components/Verified";
import { RelativeTime } from "@/shared/components/Time";
import { useWho } from "@/shared/format/who";
import { useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { whenText } from "../later";
import classes from "./Inbox.module.css";

const STATES = { bot: "not_ready", waiting: "offered", open: "talking", closed: "offline" } as const;
const ICONS = { bot: IconRobot, waiting: IconHourglass, open: IconMessageCircle, closed: IconMessageOff };

export function ConversationState({ state }: { state: Conversation["state"] }) {
  const { t } = useTranslation();
  return <StateBadge state={STATES[state]} icon={ICONS[state]} label={t(`inbox.state.${state}`)} />;
}

/** A conversation in the list: who, what was said last, where it stands. */
export function ConversationRow({ row, selected, chosen, onOpen, onChoose }: { row: Conversation; selected: boolean; chosen: boolean; onOpen: () => void; /** None: nobody may choose several. */ onChoose?: ((reach: boolean) => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const who = useWho();
  const said = row.last_author === "agent" ? t("inbox.us") : row.last_author === "bot" ? t("chat.bot") : null;
  return (
    <div className={classes.item}>
      <button type="button" className={classes.row} aria-current={selected || undefined} data-unread={row.unread > 0 || undefined} onClick={onOpen}>
        <span className={classes.line}>
          <strong className="td-clip">{who(row)}</strong>
          <Verified of={row} />
          <span className={`${classes.when} td-muted`}><RelativeTime at={row.last_at} /></span>
        </span>
        <span className={classes.line}>
          <span className={`${classes.preview} td-clip`}>{said && <span className="td-muted">{said}: </span>}{row.preview}</span>
          {row.unread > 0 && <span className={classes.unread} aria-label={t("chat.unread", { count: row.unread })}>{row.unread}</span>}
        </span>
        <span className={classes.line}>
          <ConversationState state={row.state} />
          <span className={`${classes.meta} td-clip td-muted`}>{[row.queue?.name, row.agent?.name].filter(Boolean).join(" · ")}</span>
          {row.tags.slice(0, 2).map((tag) => <span key={tag} className={`${classes.tag} td-clip`}>{tag}</span>)}
          {row.tags.length > 2 && <span className={`${classes.when} td-muted`} title={row.tags.slice(2).join(", ")}>+{row.tags.length - 2}</span>}
          {row.mentioned && <IconAt size={15} className={classes.marked} aria-label={t("mention.row")} />}
          {row.following && <IconBell size={15} className={row.news > 0 ? classes.marked : classes.aside} aria-label={row.news > 0 ? t("follow.news", { count: row.news }) : t("follow.row")} />}
          {row.stopped ? <IconAlertTriangle size={15} className={classes.stopped} aria-label={t("later.rowStopped")} /> : row.scheduled_at && <IconClockPlay size={15} className={classes.aside} aria-label={t("later.row", { when: whenText(row.scheduled_at, i18n.language, zone) })} />}
          {row.snoozed_until && <IconClockPause size={15} className={classes.aside} aria-label={t("inbox.view.snoozed")} />}
        </span>
      </button>
      {onChoose && <input type="checkbox" className={classes.choose} aria-label={t("inbox.chooseOne", { who: who(row) })} checked={chosen} onChange={() => undefined} onClick={(event) => onChoose(event.shiftKey)} />}
    </div>
  );
}
