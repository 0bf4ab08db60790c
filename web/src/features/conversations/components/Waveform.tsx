import { useElementSize } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Peaks } from "@/shared/api/types";
import classes from "./Detail.module.css";
import "@/shared/i18n/exchange";

const HEIGHT = 96;

/** Customer above the line, agent below; what is past is in full colour. Drawn on a canvas: 4,000 bars cost one paint. */
export function Waveform({ peaks, at, listen, onSeek }: { peaks: Peaks; at: number; listen: "both" | "customer" | "agent"; onSeek: (share: number) => void }) {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: box, width } = useElementSize();
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !canvas.current || width === 0) return;
    const scale = window.devicePixelRatio || 1;
    canvas.current.width = width * scale;
    canvas.current.height = HEIGHT * scale;
    context.scale(scale, scale);
    const css = getComputedStyle(document.documentElement);
    const color = (name: string): string => css.getPropertyValue(name).trim();
    const bars = Math.floor(width / 3);
    const loudest = (samples: number[], bar: number): number => {
      const from = Math.floor((bar * samples.length) / bars);
      const to = Math.max(from + 1, Math.floor(((bar + 1) * samples.length) / bars));
      return samples.slice(from, to).reduce((top, value) => Math.max(top, value), 0);
    };
    // A quiet line is drawn as tall as a loud one: what counts is who spoke when.
    const full = Math.max(0.05, ...peaks.customer, ...peaks.agent);
    for (let bar = 0; bar < bars; bar += 1) {
      const past = bar / bars <= at;
      const draw = (samples: number[], up: boolean, mark: string, heard: boolean) => {
        context.globalAlpha = (past ? 1 : 0.45) * (heard ? 1 : 0.25);
        context.fillStyle = mark;
        const size = Math.max(1, (loudest(samples, bar) / full) * (HEIGHT / 2 - 4));
        context.fillRect(bar * 3, up ? HEIGHT / 2 - 1 - size : HEIGHT / 2 + 1, 2, size);
      };
      draw(peaks.customer, true, color("--flow-mark"), listen !== "agent");
      draw(peaks.agent, false, color("--talking-mark"), listen !== "customer");
    }
    context.globalAlpha = 1;
    context.fillStyle = color("--td-text");
    context.fillRect(Math.min(width - 2, at * width), 0, 2, HEIGHT);
  }, [peaks, at, listen, width]);
  return (
    <div ref={box} className={classes.wave}>
      {/* The slider below does the same for keyboard and screen reader. */}
      <canvas ref={canvas} aria-hidden style={{ width: "100%", height: HEIGHT }} onPointerDown={(event) => onSeek(event.nativeEvent.offsetX / Math.max(1, width))} />
      <span className={classes.voiceUp}>{t("player.customer")}</span>
      <span className={classes.voiceDown}>{t("player.agent")}</span>
    </div>
  );
}
