import type { TFunction } from "i18next";

/** ITU-T Q.850 causes that callers meet; others are told by their number. */
const CAUSES = ["1", "16", "17", "18", "19", "20", "21", "22", "27", "28", "31", "34", "38", "41", "42", "102", "127"] as const;
const EVENTS = [
  "arrived", "identified", "queued", "connected", "held", "resumed", "moved", "closed", "started",
  "assignment_offered", "assignment_accepted", "assignment_edited", "assignment_done", "wrap_up_started",
] as const;

export function causeText(t: TFunction, cause: string | null): string | null {
  if (!cause) return null;
  const number = /^\d+/.exec(cause)?.[0];
  const known = CAUSES.find((one) => one === number);
  return known ? `${t(`cause.${known}`)} (${known})` : cause;
}

export function eventText(t: TFunction, type: string): string {
  const known = EVENTS.find((one) => type === one || type === `interaction_${one}`);
  return known ? t(`event.${known}`) : type;
}
