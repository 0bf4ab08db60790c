/** The instant at which a calendar day ("2026-11-21") begins in a zone, as ISO UTC; `plus` days later if given. */
export function dayStart(day: string, zone: string, plus = 0): string {
  const midnight = Date.parse(`${day}T00:00:00Z`) + plus * 86_400_000;
  const offset = (at: number): number => {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    }).formatToParts(new Date(at));
    const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
    return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - at;
  };
  // The offset at the guess may be the other side of a clock change: one more step settles it.
  const guess = midnight - offset(midnight);
  return new Date(midnight - offset(guess)).toISOString();
}
