import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { MyDay as MyDayData, ShownState } from "@/shared/api/types";
import { ChartMenu } from "@/shared/components/ChartMenu";
import { StateBadge } from "@/shared/components/StateBadge";
import { serverNow } from "@/shared/format/clock";
import { localized } from "@/shared/format/localized";
import { clockText, durationText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import "@/shared/i18n/outbound";
import { Figures } from "./Figures";
import { DayLine, type Stretch } from "./DayLine";
import classes from "./MyDay.module.css";

/** Own figures of today, and the day itself as one line of states. */
export function MyDay({ day }: { day: MyDayData }) {
  const { t, i18n } = useTranslation();
  const me = useSession().user;
  const zone = me.time_zone;
  const drawing = useRef<SVGSVGElement>(null);
  const now = serverNow();
  const length = (segment: Stretch): number => ((segment.end ? Date.parse(segment.end) : now) - Date.parse(segment.start)) / 1000;
  const totals = new Map<ShownState, number>();
  for (const segment of day.segments) totals.set(segment.state, (totals.get(segment.state) ?? 0) + length(segment));
  const table = () => ({
    columns: [t("common.from"), t("common.to"), t("myDay.state"), t("myDay.length")],
    rows: [...day.segments].reverse().map((segment) => [
      timeOfDay(segment.start, i18n.language, zone, true), segment.end ? timeOfDay(segment.end, i18n.language, zone, true) : "…",
      localized(segment.reason, i18n.language) || t(`state.${segment.state}`), clockText(length(segment)),
    ]),
  });
  return (
    <div className={classes.day}>
      <Figures day={day} />
      <section className="td-card" style={{ padding: "14px 18px" }}>
        <header className={classes.head}>
          <h2 className={classes.heading}>{t("myDay.line")}</h2>
          <span className="td-muted">{zone}</span>
          <ChartMenu name={t("myDay.line")} table={table} drawing={() => drawing.current} />
        </header>
        <DayLine ref={drawing} segments={day.segments} now={now} label={[...totals].map(([state, seconds]) => `${t(`state.${state}`)} ${durationText(seconds, i18n.language)}`).join(", ")} />
        <div className={classes.legend}>{[...totals].sort((a, b) => b[1] - a[1]).map(([state, seconds]) => <span key={state}><StateBadge state={state} /> <span className="td-num">{durationText(seconds, i18n.language)}</span></span>)}</div>
      </section>
      {day.results.length > 0 && (
        <section className="td-card" style={{ padding: "14px 18px" }}>
          <h2 className={classes.heading}>{t("myDay.results")}</h2>
          <ul className={classes.results}>
            {day.results.map((one) => (
              <li key={one.id}><Link to="/calls" search={{ disposition_id: one.id, user_id: me.id }}>{one.label}</Link> <strong className="td-num">{one.count}</strong></li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
