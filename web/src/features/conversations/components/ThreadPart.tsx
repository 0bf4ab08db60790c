import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Message } from "@/shared/api/types";
import { serverNow } from "@/shared/format/clock";
import { timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import "@/shared/i18n/chat";
import "@/shared/i18n/share";
import "@/shared/i18n/video";
import { dayOf, type Part } from "../thread";
import { Bubbles } from "./Bubbles";
import classes from "./Thread.module.css";

const DAY_MS = 86_400_000;

function dayText(at: string, locale: string, zone: string): string {
  const ago = Math.round((Date.parse(dayOf(serverNow(), zone)) - Date.parse(dayOf(at, zone))) / DAY_MS);
  const near = ago === 0 || ago === 1;
  const text = near ? new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-ago, "day") : new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", timeZone: zone }).format(new Date(at));
  return text.slice(0, 1).toLocaleUpperCase(locale) + text.slice(1);
}

/** To whom a chat was mailed, by whom, and whether it did not get there. */
function transcriptText(t: TFunction, { data, user }: Message): string {
  const to = String(data["to"] ?? "");
  const state = (data["email"] as { state?: string } | undefined)?.state;
  if (state === "failed" || state === "bounced") return t("chat.event.transcriptFailed", { to });
  return user ? t("chat.event.transcriptBy", { to, who: user.name }) : t("chat.event.transcript", { to });
}

function EventLine({ message, customer }: { message: Message; customer: string }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const event = message.data["event"];
  const who = message.user?.name ?? customer;
  const text = event === "cobrowse" ? t(`share.event.${message.data["what"] as "asked"}`, { who }) : event === "video" ? t(`video.event.${message.data["what"] as "asked"}`, { who }) : event === "greeted" ? t("chat.event.greeted", { text: String(message.data["text"] ?? "") }) : event === "joined" ? t("chat.event.joined", { who }) : event === "left" ? t("chat.event.left", { who }) : event === "bounced" ? t("chat.event.bounced") : event === "offline" ? t("chat.event.offline") : event === "transcript" ? transcriptText(t, message) : event === "ended" ? (message.user ? t("chat.event.endedBy", { who }) : t("chat.event.ended")) : null;
  return text ? <li className={classes.event}><span>{text}, <time dateTime={message.at}>{timeOfDay(message.at, i18n.language, zone)}</time></span></li> : null;
}

/** What a reader of a thread takes in at once. */
export function ThreadPart({ part, customer, marks }: { part: Part; customer: string; marks: Map<number, "seen" | "sent"> }) {
  const { i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  if (part.kind === "day") return <li className={classes.day}><span>{dayText(part.at, i18n.language, zone)}</span></li>;
  return part.kind === "event" ? <EventLine message={part.message} customer={customer} /> : <Bubbles messages={part.messages} customer={customer} marks={marks} />;
}
