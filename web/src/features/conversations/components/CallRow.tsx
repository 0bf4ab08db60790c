import "@/shared/i18n/chat";
import { IconArrowsExchange, IconMail, IconMessageCircle, IconMicrophone, IconPhoneIncoming, IconPhoneOutgoing } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { InteractionRow } from "@/shared/api/types";
import { ResultBadge } from "@/shared/components/ResultBadge";
import { exactText, timeOfDay } from "@/shared/format/time";
import { clockText } from "@/shared/format/time";
import { phoneText } from "@/shared/format/phone";
import { nameOf, useWho } from "@/shared/format/who";
import { useSession } from "@/shared/session";
import classes from "./CallLog.module.css";

const ICONS = { inbound: IconPhoneIncoming, outbound: IconPhoneOutgoing, internal: IconArrowsExchange };

export function CallLogHeader() {
  const { t } = useTranslation();
  const columns = ["when", "who", "result", "queue", "agent", "wait", "talk", "disposition"] as const;
  return <div className={classes.grid}>{columns.map((column) => <span key={column} data-column={column}>{t(`calls.column.${column}`)}</span>)}</div>;
}

export function CallRow({ row }: { row: InteractionRow }) {
  const { t, i18n } = useTranslation();
  const me = useSession();
  const zone = me.user.time_zone;
  const written = row.channel !== "voice";
  const Icon = row.channel === "email" ? IconMail : written ? IconMessageCircle : ICONS[row.direction];
  const at = new Date(row.started_at);
  const day = new Intl.DateTimeFormat(i18n.language, { day: "2-digit", month: "2-digit", timeZone: zone }).format(at);
  const who = useWho();
  return (
    <Link to="/calls/$interactionId" params={{ interactionId: row.id }} className={`${classes.grid} ${classes.row}`}>
      <span data-column="when" className="td-num" title={exactText(row.started_at, i18n.language, zone)}>
        <span className="td-muted">{day}</span> {timeOfDay(row.started_at, i18n.language, zone)}
      </span>
      <span data-column="who">
        <Icon size={16} aria-label={written ? t(`chat.channel.${row.channel as "webchat" | "email"}`) : `${t("chat.channel.voice")}, ${t(`direction.${row.direction}`)}`} className={classes.direction} />
        <span className="td-clip"><strong>{who(row)}</strong>{nameOf(row) && row.number ? <span className="td-muted"> {phoneText(row.number.e164, me.tenant.country)}</span> : null}</span>
      </span>
      <span data-column="result"><ResultBadge result={row.result} /></span>
      <span data-column="queue" className="td-clip">{row.queue?.name}</span>
      <span data-column="agent" className="td-clip">{row.agent?.name}</span>
      <span data-column="wait" className="td-num">{row.queue || row.wait_s ? clockText(row.wait_s) : "–"}</span>
      <span data-column="talk" className="td-num">{row.talk_s ? clockText(row.talk_s) : "–"}</span>
      <span data-column="disposition">
        {row.has_recording && <IconMicrophone size={15} aria-label={t("calls.recorded")} className={classes.recorded} />} <span className="td-clip">{row.disposition}</span>
      </span>
    </Link>
  );
}
