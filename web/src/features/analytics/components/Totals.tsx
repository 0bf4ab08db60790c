import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Board } from "@/shared/api/types";
import { serverNow } from "@/shared/format/clock";
import { percentText } from "@/shared/format/time";
import classes from "./Board.module.css";
import { heatOf } from "./QueueTile";

const SAY_EVERY_MS = 15_000;

/** Figures over all queues, from the tiles themselves so that both always agree; a ratio of sums, never a mean of ratios. */
export function totalsOf(board: Board) {
  const sum = (pick: (queue: Board["queues"][number]) => number): number => board.queues.reduce((total, queue) => total + pick(queue), 0);
  const answered = sum((queue) => queue.answered);
  const counted = answered + sum((queue) => queue.abandoned);
  return {
    waiting: sum((queue) => queue.waiting),
    talking: board.agents.filter(({ state }) => state === "talking" || state === "hold").length,
    ready: board.agents.filter(({ state }) => state === "ready").length,
    answered,
    abandoned: sum((queue) => queue.abandoned),
    service_level: counted === 0 ? null : sum((queue) => queue.answered_in_target) / counted,
  };
}

/** The screen reader hears what changed at most every 15 seconds, and only politely. */
function useSpoken(text: string): string {
  const [spoken, setSpoken] = useState("");
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    const timer = setInterval(() => setSpoken(latest.current), SAY_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return spoken;
}

export function Totals({ board }: { board: Board }) {
  const { t, i18n } = useTranslation();
  const totals = totalsOf(board);
  const burning = board.queues.filter((queue) => heatOf(queue, serverNow()) === "burning").map((queue) => queue.name);
  const spoken = useSpoken(t("board.spoken", { waiting: totals.waiting, ready: totals.ready, burning: burning.join(", ") || t("common.none") }));
  const figures = [
    [t("board.totalWaiting"), totals.waiting], [t("state.talking"), totals.talking], [t("state.ready"), totals.ready],
    [t("board.serviceLevel"), percentText(totals.service_level, i18n.language)], [t("board.answered"), totals.answered], [t("board.abandoned"), totals.abandoned],
  ] as const;
  return (
    <>
      <dl className={classes.totals}>{figures.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
      <div aria-live="polite" className="td-visually-hidden">{spoken}</div>
    </>
  );
}
