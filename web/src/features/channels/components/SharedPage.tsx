import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { type Seen, Viewer } from "../cobrowse/viewer";
import classes from "./Share.module.css";

const STEP = 20;
const STEPS: Record<string, [number, number]> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** The customer's page as they see it. One's pointer is shown on it; a click marks a place. By keyboard: arrows and Enter. */
export default function SharedPage({ shareId, who, onAddress, onOver }: { shareId: Id; who: string; onAddress: (address: string) => void; onOver: () => void }) {
  const { t } = useTranslation();
  const stage = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer>(null);
  const place = useRef<{ x: number; y: number }>(null);
  const [seen, setSeen] = useState<Seen>({ ready: false, there: false, address: "" });
  const told = useRef({ onAddress, onOver });
  useEffect(() => {
    told.current = { onAddress, onOver };
  });
  useEffect(() => {
    if (!stage.current || !screen.current) return;
    const made = new Viewer(stage.current, screen.current, shareId, (now) => {
      setSeen(now);
      told.current.onAddress(now.address);
    }, () => told.current.onOver());
    viewer.current = made;
    return () => made.close();
  }, [shareId]);
  const onKeyDown = (event: KeyboardEvent) => {
    const made = viewer.current;
    const step = STEPS[event.key];
    if (!made || event.altKey || event.ctrlKey || (!step && event.key !== "Enter")) return;
    event.preventDefault();
    const from = place.current ?? made.middle;
    place.current = made.within({ x: from.x + (step?.[0] ?? 0), y: from.y + (step?.[1] ?? 0) });
    if (step) made.point(place.current);
    else made.mark(place.current);
  };
  const at = (event: PointerEvent) => (place.current = viewer.current?.placeOf(event.clientX, event.clientY) ?? null);
  const waiting = !seen.ready ? t("share.loading") : !seen.there ? t("share.away") : null;
  return (
    <div ref={stage} className={classes.stage}>
      <div ref={screen} className={classes.screen} aria-hidden />
      <div
        className={classes.glass} tabIndex={0} role="application" aria-label={t("share.glass", { who })} onKeyDown={onKeyDown}
        onPointerMove={(event) => at(event) && place.current && viewer.current?.point(place.current)}
        onPointerDown={(event) => at(event) && place.current && viewer.current?.mark(place.current)}
      />
      <div className={classes.waiting} role="status">{waiting && <span>{waiting}</span>}</div>
    </div>
  );
}
