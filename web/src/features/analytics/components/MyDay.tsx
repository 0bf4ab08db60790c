import { useTranslation } from "react-i18next";
import type { MyDay as MyDayData, MyDayFigure, ShownState } from "@/shared/api/types";
import { StateBadge } from "@/shared/components/StateBadge";
import { serverNow } from "@/shared/format/clock";
import { clockText, durationText, numberText, percentText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { localized } from "@/shared/format/localized";
import classes from "./MyDay.module.css";

const FIGURES: MyDayFigure[] = ["handled", "aht_s", "talk_s", "hold_s", "wrap_up_s", "ready_s", "not_ready_s", "occupancy", "missed"];

/** Own figures of today, and the day itself as one line of states. */
export function MyDay({ day }: { day: MyDayData }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const show = (figure: MyDayFigure, value: number): string => {
    if (figure === "occupancy") return percentText(value, i18n.language);
    return figure.endsWith("_s") ? durationText(value, i18n.language) : numberText(value, i18n.language);
  };
  const now = serverNow();
  const first = Date.parse(day.segments[0]?.start ?? new Date(now).toISOString());
  const whole = Math.max(1, now - first);
  const end = (segment: MyDayData["segments"][number]): number => (segment.end ? Date.parse(segment.end) : now);
  const totals = new Map<ShownState, number>();
  for (const segment of day.segments) totals.set(segment.state, (totals.get(segment.state) ?? 0) + (end(segment) - Date.parse(segment.start)) / 1000);
  return (
    <div className={classes.day}>
      <dl className={classes.figures}>
        {FIGURES.filter((figure) => day.figures[figure] !== undefined).map((figure) => (
          <div key={figure}><dt>{t(`myDay.${figure}`)}</dt><dd>{show(figure, day.figures[figure] ?? 0)}</dd></div>
        ))}
      </dl>
      <section className="td-card" style={{ padding: "14px 18px" }}>
        <h2 className={classes.heading}>{t("myDay.line")}</h2>
        <div className={classes.line} role="img" aria-label={[...totals].map(([state, seconds]) => `${t(`state.${state}`)} ${durationText(seconds, i18n.language)}`).join(", ")}>
          {day.segments.map((segment) => (
            <i
              key={segment.start} style={{ left: `${((Date.parse(segment.start) - first) / whole) * 100}%`, width: `${((end(segment) - Date.parse(segment.start)) / whole) * 100}%`, background: `var(--${segment.state === "working" ? "talking" : segment.state}-mark)` }}
              title={`${localized(segment.reason, i18n.language) || t(`state.${segment.state}`)} · ${timeOfDay(segment.start, i18n.language, zone)} · ${clockText((end(segment) - Date.parse(segment.start)) / 1000)}`}
            />
          ))}
        </div>
        <div className={classes.scale}>{[0, 0.25, 0.5, 0.75, 1].map((share) => <span key={share}>{timeOfDay(new Date(first + whole * share).toISOString(), i18n.language, zone)}</span>)}</div>
        <div className={classes.legend}>{[...totals].sort((a, b) => b[1] - a[1]).map(([state, seconds]) => <span key={state}><StateBadge state={state} /> {durationText(seconds, i18n.language)}</span>)}</div>
        <details className={classes.table}>
          <summary>{t("common.table")}</summary>
          <table>
            <thead><tr><th>{t("myDay.state")}</th><th>{t("common.from")}</th><th>{t("common.to")}</th><th>{t("myDay.length")}</th></tr></thead>
            <tbody>
              {[...day.segments].reverse().map((segment) => (
                <tr key={segment.start}><td>{localized(segment.reason, i18n.language) || t(`state.${segment.state}`)}</td><td>{timeOfDay(segment.start, i18n.language, zone, true)}</td><td>{segment.end ? timeOfDay(segment.end, i18n.language, zone, true) : "…"}</td><td>{clockText((end(segment) - Date.parse(segment.start)) / 1000)}</td></tr>
              ))}
            </tbody>
          </table>
        </details>
      </section>
    </div>
  );
}
