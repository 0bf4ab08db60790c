import { ActionIcon } from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconMaximize, IconPlayerPause, IconPlayerPlay, IconPlugConnectedX, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { alertsQuery } from "@/features/analytics/api/alerts";
import type { Board } from "@/shared/api/types";
import { useActions } from "@/shared/actions/registry";
import { useNow } from "@/shared/format/clock";
import { percentText, timeOfDay } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import "@/shared/i18n/floor";
import { SEVERITY_ICONS } from "../AlertStrip";
import { useAlertText } from "../alertText";
import { totalsOf } from "../Totals";
import { pagesOf, USUAL_S, type WallSearch } from "./pages";
import classes from "./Wall.module.css";
import { WallCards } from "./WallPages";

function Clock() {
  const { i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  return <time className={classes.clock}>{timeOfDay(new Date(useNow()).toISOString(), i18n.language, zone)}</time>;
}

/** The worst that is not looked after; one line, for there is no room to read more from afar. */
function Worst() {
  const { t } = useTranslation();
  const text = useAlertText();
  const alerts = useQuery(alertsQuery).data?.alerts ?? [];
  const [worst] = alerts.filter((alert) => !alert.acknowledged_by).sort((a, b) => a.severity.localeCompare(b.severity) || a.raised_at.localeCompare(b.raised_at));
  if (!worst) return null;
  const Icon = SEVERITY_ICONS[worst.severity];
  const more = alerts.length - 1;
  return <p className={classes.alert} data-severity={worst.severity}><Icon aria-hidden /> <strong>{t(`alert.severity.${worst.severity}`)}</strong> <span className="td-clip">{text(worst)}</span>{more > 0 && <em>{t("wall.more", { count: more })}</em>}</p>;
}

export function toggleFullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen?.().catch(() => undefined);
}

/** The board from five metres: few figures, a page at a time. `oldSince`: since when they have not been renewed, if they are old. */
export function Wall({ board, asked, oldSince, onLeave }: { board: Board; asked: WallSearch; oldSince: string | null; onLeave: () => void }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const [at, setAt] = useState(0);
  const [paused, setPaused] = useState(false);
  const pages = pagesOf(board, asked);
  const count = Math.max(1, pages.length);
  const index = at % count;
  const every = asked.every ?? USUAL_S;
  const turn = (by: number) => setAt((before) => (before + by + count) % count);
  useEffect(() => {
    if (paused || every === 0 || count < 2) return undefined;
    const timer = setTimeout(() => setAt((index + 1) % count), every * 1000);
    return () => clearTimeout(timer);
  }, [paused, every, count, index]);
  useActions([
    { id: "wall.next", name: t("wall.next"), section: "general", hotkey: "ArrowRight", perform: () => turn(1) },
    { id: "wall.previous", name: t("wall.previous"), section: "general", hotkey: "ArrowLeft", perform: () => turn(-1) },
    { id: "wall.pause", name: t(paused ? "wall.goOn" : "wall.pause"), section: "general", hotkey: "P", perform: () => setPaused(!paused) },
    { id: "wall.full", name: t("wall.full"), section: "general", hotkey: "F", perform: toggleFullScreen },
    { id: "wall.leave", name: t("wall.leave"), section: "general", hotkey: "Escape", perform: onLeave },
  ]);
  const totals = totalsOf(board);
  const figures = [[t("board.totalWaiting"), totals.waiting], [t("board.serviceLevel"), percentText(totals.service_level, i18n.language)], [t("state.ready"), totals.ready], [t("state.talking"), totals.talking]] as const;
  const page = pages[index];
  return (
    <div className={classes.wall} data-old={oldSince ? true : undefined}>
      <header className={classes.top}>
        <dl>{figures.map(([label, value]) => <div key={label}><dd className="td-num">{value}</dd><dt>{label}</dt></div>)}</dl>
        <Clock />
      </header>
      <div role="status">{oldSince && <p className={classes.old}><IconPlugConnectedX aria-hidden /> {t("wall.old", { time: timeOfDay(oldSince, i18n.language, zone, true) })}</p>}</div>
      {page ? <WallCards key={index} page={page} /> : <p className={classes.none}>{t("wall.none")}</p>}
      <Worst />
      <footer className={classes.foot}>
        {count > 1 && <span className={classes.dots} aria-hidden>{pages.map((_, dot) => <i key={dot} data-on={dot === index || undefined} />)}</span>}
        <span className={classes.tools}>
          <ActionIcon aria-label={t("wall.previous")} onClick={() => turn(-1)}><IconChevronLeft size={20} /></ActionIcon>
          <ActionIcon aria-label={t(paused ? "wall.goOn" : "wall.pause")} onClick={() => setPaused(!paused)}>{paused ? <IconPlayerPlay size={20} /> : <IconPlayerPause size={20} />}</ActionIcon>
          <ActionIcon aria-label={t("wall.next")} onClick={() => turn(1)}><IconChevronRight size={20} /></ActionIcon>
          <ActionIcon aria-label={t("wall.full")} onClick={toggleFullScreen}><IconMaximize size={20} /></ActionIcon>
          <ActionIcon aria-label={t("wall.leave")} onClick={onLeave}><IconX size={20} /></ActionIcon>
        </span>
      </footer>
    </div>
  );
}
