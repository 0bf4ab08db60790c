import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { onAlert } from "@/features/analytics/realtime/alerts";
import { useAlertText } from "@/features/analytics/components/alertText";
import { beep } from "@/features/telephony/softphone/ringer";
import { notice } from "@/shared/components/notices";
import { useTopic } from "@/shared/realtime/context";
import { useSession } from "@/shared/session";

/** A supervisor hears of an alert on whatever screen: in words always, by a sound when they want it. */
export default function AlertSignals() {
  const { t } = useTranslation();
  const { alert_sound: sound } = useSession().user;
  const text = useAlertText();
  const tell = useRef(text);
  useEffect(() => {
    tell.current = text;
  });
  useTopic("alerts");
  useEffect(() => onAlert((alert) => {
    notice(`${t(`alert.severity.${alert.severity}`)}: ${tell.current(alert)}`, "bad");
    if (sound) beep();
  }), [t, sound]);
  return null;
}
