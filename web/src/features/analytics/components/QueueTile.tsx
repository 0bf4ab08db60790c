import { IconAlertTriangle, IconCircleCheck, IconFlame, IconLock } from "@tabler/icons-react";
import { memo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { BoardQueue, BoardTrend } from "@/shared/api/types";
import { ChartMenu } from "@/shared/components/ChartMenu";
import { Elapsed } from "@/shared/components/Elapsed";
import { serverNow } from "@/shared/format/clock";
import { durationText, percentText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import classes from "./Board.module.css";
import { TrendLine } from "./TrendLine";

export type Heat = "calm" | "warm" | "burning";

/** Pure: how urgent a queue is. Over twice the target wait, or 15 points under the service level: it burns. */
export function heatOf(queue: BoardQueue, now: number): Heat {
  const longest = queue.longest_wait_since ? (now - Date.parse(queue.longest_wait_since)) / 1000 : 0;
  const missing = queue.service_level === null ? 0 : queue.target.share - queue.service_level;
  if (longest > queue.target.seconds * 2 || (queue.waiting > 0 && missing > 0.15)) return "burning";
  if (longest > queue.target.seconds || missing > 0) return "warm";
  return "calm";
}

const LOOK = { calm: IconCircleCheck, warm: IconAlertTriangle, burning: IconFlame };

export const QueueTile = memo(function QueueTile({ queue, trend, onOpen }: { queue: BoardQueue; trend: BoardTrend["points"]; onOpen: (id: string) => void }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const drawing = useRef<SVGSVGElement>(null);
  const heat = heatOf(queue, serverNow());
  const Icon = queue.closed ? IconLock : LOOK[heat];
  const state = t(queue.closed ? "board.closed" : `board.heat.${heat}`);
  const expected = queue.expected_wait_s ?? 0;
  const figures: [string, React.ReactNode, boolean?][] = [
    [t("board.longest"), queue.longest_wait_since ? <Elapsed since={queue.longest_wait_since} /> : "–", heat === "burning"],
    [t("board.serviceLevel"), <span key="s">{percentText(queue.service_level, i18n.language)}<small title={t("board.target")}> / {percentText(queue.target.share, i18n.language)}</small></span>, queue.service_level !== null && queue.service_level < queue.target.share],
    [t("board.answered"), queue.answered],
    [t("board.abandoned"), queue.abandoned],
    ...(queue.callbacks.waiting + queue.callbacks.asked > 0 ? [[t("board.callbacks"), `${queue.callbacks.waiting} / ${queue.callbacks.served}`] as [string, string]] : []),
  ];
  const name = t("board.trend", { queue: queue.name });
  const table = () => ({
    columns: [t("board.at"), t("board.totalWaiting"), t("board.serviceLevel"), t("board.target")],
    rows: [...trend].reverse().map((point) => [timeOfDay(point.at, i18n.language, zone), point.waiting, percentText(point.service_level, i18n.language), percentText(queue.target.share, i18n.language)]),
  });
  return (
    <article className={classes.tile} data-heat={heat} data-closed={queue.closed || undefined} aria-label={`${queue.name}: ${state}`}>
      <header>
        <h3 className="td-clip"><button type="button" className={classes.link} onClick={() => onOpen(queue.id)}>{queue.name}</button></h3>
        <span className={classes.heat}><Icon size={17} aria-hidden /> {state}</span>
        <ChartMenu name={name} table={table} drawing={() => drawing.current} />
      </header>
      <div className={classes.body}>
        <div className={classes.waiting}>
          <b className="td-num">{queue.waiting}</b><span>{t("board.waiting")}</span>
          {expected > 0 && <span className={classes.expected} title={t("board.expected")}>{expected < 60 ? t("board.soon") : t("board.about", { time: durationText(Math.ceil(expected / 60) * 60, i18n.language) })}</span>}
        </div>
        <dl className={classes.figures}>
          {figures.map(([label, value, bad]) => <div key={label} data-bad={bad || undefined}><dt>{label}</dt><dd>{value}</dd></div>)}
        </dl>
      </div>
      <TrendLine ref={drawing} trend={trend} target={queue.target.share} label={name} />
      <footer>
        {(["ready", "talking", "wrap_up", "not_ready"] as const).map((state) => (
          <span key={state} className={classes.count}><i style={{ background: `var(--${state}-mark)` }} aria-hidden />{queue.agents[state]} {t(`state.${state}`)}</span>
        ))}
      </footer>
    </article>
  );
});
