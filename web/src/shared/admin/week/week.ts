export type Period = [string, string];
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];
export type Week = Partial<Record<Day, Period[]>>;

/** The day's name in the reader's language; 5 January 1970 was a Monday. */
export const dayName = (day: Day, locale: string, style: "long" | "short" = "short"): string =>
  new Intl.DateTimeFormat(locale, { weekday: style, timeZone: "UTC" }).format(new Date(Date.UTC(1970, 0, 5 + DAYS.indexOf(day))));

/** Wrong periods, by index: an end before its start, or two that overlap. "24:00" ends a day. */
export function wrongPeriods(periods: Period[]): Set<number> {
  const wrong = new Set<number>();
  periods.forEach(([start, end], index) => {
    if (!start || !end || end <= start) wrong.add(index);
    periods.forEach(([otherStart, otherEnd], other) => {
      if (other < index && start < otherEnd && otherStart < end) wrong.add(index);
    });
  });
  return wrong;
}

/** Open around the clock, every day. */
export const alwaysOpen = (week: Week): boolean => DAYS.every((day) => week[day]?.length === 1 && week[day][0]?.[0] === "00:00" && week[day][0]?.[1] === "24:00");

/** Days with equal hours told together: "Mon–Fri 08:00–18:00, Sat 08:00–12:00". */
export function weekText(week: Week, locale: string): string {
  const runs: { from: Day; to: Day; text: string }[] = [];
  for (const day of DAYS) {
    const text = (week[day] ?? []).map(([start, end]) => `${start}–${end}`).join(", ");
    const last = runs.at(-1);
    if (last && last.text === text && DAYS.indexOf(last.to) === DAYS.indexOf(day) - 1) last.to = day;
    else runs.push({ from: day, to: day, text });
  }
  return runs
    .filter((run) => run.text)
    .map((run) => `${dayName(run.from, locale)}${run.to === run.from ? "" : `–${dayName(run.to, locale)}`} ${run.text}`)
    .join(" · ");
}
