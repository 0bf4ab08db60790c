/** 75 → "1:15", 3675 → "1:01:15". Whole seconds, never negative. */
export function clockText(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const rest = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** "2 min 5 s" in the reader's language, for sentences; two units at most. */
export function durationText(seconds: number, locale: string): string {
  const total = Math.max(0, Math.round(seconds));
  const units: [Intl.NumberFormatOptions["unit"], number][] = [
    ["hour", Math.floor(total / 3600)],
    ["minute", Math.floor((total % 3600) / 60)],
    ["second", total % 60],
  ];
  const first = units.findIndex(([, count]) => count > 0);
  const shown = first < 0 ? units.slice(2) : units.slice(first, first + 2).filter(([, count]) => count > 0);
  return shown
    .map(([unit, count]) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(count))
    .join(" ");
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function relativeText(instant: string, locale: string, now: number): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? format.format(Math.round(seconds / step[1]), step[0]) : format.format(0, "second");
}

export const dateText = (instant: string, locale: string, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone }).format(new Date(instant));

export function exactText(instant: string, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium", timeZone }).format(new Date(instant));
}

export function timeOfDay(instant: string, locale: string, timeZone: string, withSeconds = false): string {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit", minute: "2-digit", ...(withSeconds ? { second: "2-digit" } : {}), timeZone, hourCycle: "h23",
  }).format(new Date(instant));
}

/**
 * The instant at which a clock in this zone shows `local`, as a field of date and time gives it ("2026-03-29T09:30"); null when
 * nothing was entered. Of an hour that a change of the clocks leaves out, the same distance after it.
 */
export function instantIn(local: string, timeZone: string): string | null {
  const wanted = Date.parse(`${local}Z`);
  if (Number.isNaN(wanted)) return null;
  const ahead = (instant: number): number => Date.parse(`${new Date(instant).toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`) - instant;
  const near = wanted - ahead(wanted);
  return new Date(wanted - ahead(near)).toISOString();
}

export const percentText = (share: number | null, locale: string): string =>
  share === null ? "–" : new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);

export const numberText = (value: number, locale: string, digits = 0): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);

export function bytesText(bytes: number, locale: string): string {
  const [unit, size] = bytes >= 1e6 ? (["megabyte", 1e6] as const) : (["kilobyte", 1e3] as const);
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / size);
}
