import { useTranslation } from "react-i18next";
import type { MyDay, MyDayFigure } from "@/shared/api/types";
import { durationText, numberText, percentText } from "@/shared/format/time";
import classes from "./MyDay.module.css";

const FIGURES: MyDayFigure[] = ["handled", "aht_s", "talk_s", "hold_s", "wrap_up_s", "ready_s", "not_ready_s", "occupancy", "missed", "internal", "internal_s"];

/** The day in figures; one that cannot be computed yet is a dash. */
export function Figures({ day, only = FIGURES }: { day: MyDay; only?: MyDayFigure[] }) {
  const { t, i18n } = useTranslation();
  const show = (figure: MyDayFigure, value: number | undefined): string => {
    if (value === undefined) return "–";
    if (figure === "occupancy") return percentText(value, i18n.language);
    return figure.endsWith("_s") ? durationText(value, i18n.language) : numberText(value, i18n.language);
  };
  return <dl className={classes.figures}>{only.map((figure) => <div key={figure}><dt>{t(`myDay.${figure}`)}</dt><dd className="td-num">{show(figure, day.figures[figure])}</dd></div>)}</dl>;
}
