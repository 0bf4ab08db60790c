import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import type { BoardTrend } from "@/shared/api/types";
import { timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import classes from "./Board.module.css";

const WIDTH = 240;
const HEIGHT = 40;

/**
 * The last hour: how many waited (bars) and the service level (line) against its target (dashes). Plain SVG: twenty of them
 * repaint at once on a wall.
 */
export function TrendLine({ trend, target, label, ref }: { trend: BoardTrend["points"]; target: number; label: string; ref?: Ref<SVGSVGElement> }) {
  const { i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const first = trend[0];
  const last = trend.at(-1);
  if (!first || !last || trend.length < 2) return <div className={classes.trend} aria-hidden />;
  const span = Math.max(1, Date.parse(last.at) - Date.parse(first.at));
  const x = (at: string): number => ((Date.parse(at) - Date.parse(first.at)) / span) * WIDTH;
  const y = (share: number): number => 2 + (1 - share) * (HEIGHT - 4);
  const most = Math.max(4, ...trend.map((point) => point.waiting));
  const known = trend.filter((point) => point.service_level !== null);
  const line = known.map((point, index) => `${index ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point.service_level ?? 0).toFixed(1)}`).join("");
  return (
    <div>
      <svg ref={ref} className={classes.trend} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {trend.map((point) => point.waiting > 0 && <rect key={point.at} x={x(point.at) - 1.6} width={3.2} y={HEIGHT - (point.waiting / most) * HEIGHT} height={(point.waiting / most) * HEIGHT} className={classes.bars} />)}
        <line x1="0" x2={WIDTH} y1={y(target)} y2={y(target)} className={classes.target} vectorEffect="non-scaling-stroke" />
        {known.length > 1 && <path d={line} className={classes.line} vectorEffect="non-scaling-stroke" />}
      </svg>
      <div className={classes.axis} aria-hidden><span>{timeOfDay(first.at, i18n.language, zone)}</span><span>{timeOfDay(last.at, i18n.language, zone)}</span></div>
    </div>
  );
}
