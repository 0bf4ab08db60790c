import { useTranslation } from "react-i18next";
import { useNow } from "@/shared/format/clock";
import classes from "./Offer.module.css";

const RADIUS = 20;
const ROUND = 2 * Math.PI * RADIUS;

/** Time left to answer, as a closing ring around the seconds. */
export function CountdownRing({ from, until }: { from: string; until: string }) {
  const { t } = useTranslation();
  const now = useNow();
  const whole = Math.max(1, Date.parse(until) - Date.parse(from));
  const left = Math.max(0, Date.parse(until) - now);
  const seconds = Math.ceil(left / 1000);
  return (
    <div className={classes.ring} role="timer" aria-label={t("offer.left", { seconds })}>
      <svg viewBox="0 0 48 48" width={48} height={48} aria-hidden>
        <circle cx="24" cy="24" r={RADIUS} className={classes.track} />
        <circle cx="24" cy="24" r={RADIUS} className={classes.left} strokeDasharray={ROUND} strokeDashoffset={ROUND * (1 - left / whole)} />
      </svg>
      <span aria-hidden>{seconds}</span>
    </div>
  );
}
