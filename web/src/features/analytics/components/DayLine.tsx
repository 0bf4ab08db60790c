import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { MyDay } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { clockText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import classes from "./MyDay.module.css";

export type Stretch = MyDay["segments"][number];
const WIDTH = 1000;
const SHORT_MS = 10 * 60_000;

/** A day as one line of states, with the hours below; a short one tells its seconds. */
export function DayLine({ segments, now, label, ref }: { segments: Stretch[]; now: number; label: string; ref: Ref<SVGSVGElement> }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const first = Date.parse(segments[0]?.start ?? new Date(now).toISOString());
  const whole = Math.max(1, now - first);
  const end = (segment: Stretch): number => (segment.end ? Date.parse(segment.end) : now);
  const place = (at: number): number => ((at - first) / whole) * WIDTH;
  return (
    <>
      <svg ref={ref} className={classes.line} viewBox={`0 0 ${WIDTH} 34`} preserveAspectRatio="none" role="img" aria-label={label}>
        {segments.map((segment) => (
          <rect key={segment.start} x={place(Date.parse(segment.start))} width={Math.max(0.8, place(end(segment)) - place(Date.parse(segment.start)))} y={0} height={34} fill={`var(--${segment.state === "working" ? "talking" : segment.state}-mark)`}>
            <title>{`${localized(segment.reason, i18n.language) || t(`state.${segment.state}`)} · ${timeOfDay(segment.start, i18n.language, zone)} · ${clockText((end(segment) - Date.parse(segment.start)) / 1000)}`}</title>
          </rect>
        ))}
      </svg>
      <div className={classes.scale}>{[0, 0.25, 0.5, 0.75, 1].map((share) => <span key={share}>{timeOfDay(new Date(first + whole * share).toISOString(), i18n.language, zone, whole < SHORT_MS)}</span>)}</div>
    </>
  );
}

