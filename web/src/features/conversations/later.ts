import { instantIn } from "@/shared/format/time";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export interface Later { word: "hour" | "afternoon" | "tomorrow" | "week"; at: string }

/** When something goes out, to the minute: its weekday helps more than its year. */
export const whenText = (instant: string, locale: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit", timeZone }).format(new Date(instant));

/** To when something is put aside: in an hour, in three, tomorrow at nine, next Monday at nine, by the reader's clock. */
export function laterChoices(now: number, zone: string): Later[] {
  const day = (ahead: number) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(now + ahead * DAY_MS));
  const weekday = new Date(`${day(0)}T12:00Z`).getUTCDay();
  const nine = (ahead: number) => instantIn(`${day(ahead)}T09:00`, zone) ?? "";
  return [
    { word: "hour", at: new Date(now + HOUR_MS).toISOString() }, { word: "afternoon", at: new Date(now + 3 * HOUR_MS).toISOString() },
    { word: "tomorrow", at: nine(1) }, { word: "week", at: nine(((8 - weekday) % 7) || 7) },
  ];
}
