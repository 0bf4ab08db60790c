import { type CSSProperties, useRef } from "react";
import { serverNow, useTick } from "@/shared/format/clock";
import { clockText } from "@/shared/format/time";

/**
 * A running time. It writes its own text once a second, so that a board of 200 agents ticks without rendering. Not a
 * live region: a screen reader reads it when asked, it does not count aloud.
 */
export function Elapsed({ since, until, className, style }: { since?: string; until?: string; className?: string; style?: CSSProperties }) {
  const node = useRef<HTMLSpanElement>(null);
  useTick(() => {
    if (!node.current) return;
    const seconds = until ? (Date.parse(until) - serverNow()) / 1000 : (serverNow() - Date.parse(since ?? "")) / 1000;
    const text = clockText(until ? Math.ceil(seconds) : seconds);
    if (node.current.textContent !== text) node.current.textContent = text;
  });
  return <span ref={node} className={`td-num ${className ?? ""}`} style={style} role="timer" aria-live="off" />;
}
