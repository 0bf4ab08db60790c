import { useTranslation } from "react-i18next";
import type { AlertMeasure, BoardAlert } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { durationText, numberText, percentText } from "@/shared/format/time";
import "@/shared/i18n/floor";

export const MEASURES: AlertMeasure[] = ["waiting", "longest_wait", "service_level", "abandoned", "talking", "wrap_up", "not_ready", "idle"];
export const isShare = (measure: unknown): boolean => measure === "service_level" || measure === "abandoned";
export const isOfQueue = (measure: unknown): boolean => MEASURES.indexOf(measure as AlertMeasure) < 4;

/** A figure as its measure counts: contacts, a share, or a time. */
export const measureText = (measure: AlertMeasure, value: number, locale: string): string =>
  isShare(measure) ? percentText(value, locale) : measure === "waiting" ? numberText(value, locale) : durationText(value, locale);

/** What is the matter, in one sentence. */
export function useAlertText(): (alert: BoardAlert) => string {
  const { t, i18n } = useTranslation();
  return (alert) => t(`alert.say.${alert.measure}`, {
    subject: alert.queue?.name ?? alert.user?.name ?? "–", value: measureText(alert.measure, alert.value, i18n.language), limit: measureText(alert.measure, alert.threshold, i18n.language),
    reason: localized(alert.reason, i18n.language) || t("state.not_ready"),
  });
}
