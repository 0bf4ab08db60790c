import type { BoardQueue } from "@/shared/api/types";
import classes from "./Board.module.css";

const WIDTH = 240;
const HEIGHT = 40;

/** Service level over the last hours against its target. Plain SVG: twenty of them repaint at once on a wall. */
export function TrendLine({ trend, target, label }: { trend: BoardQueue["trend"]; target: number; label: string }) {
  const known = trend.filter((point) => point.service_level !== null);
  if (known.length < 2) return <div className={classes.trend} aria-hidden />;
  const x = (index: number): number => (index * WIDTH) / (known.length - 1);
  const y = (share: number): number => 2 + (1 - share) * (HEIGHT - 4);
  const line = known.map((point, index) => `${index ? "L" : "M"}${x(index).toFixed(1)} ${y(point.service_level ?? 0).toFixed(1)}`).join("");
  return (
    <svg className={classes.trend} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} className={classes.area} />
      <line x1="0" x2={WIDTH} y1={y(target)} y2={y(target)} className={classes.target} vectorEffect="non-scaling-stroke" />
      <path d={line} className={classes.line} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
