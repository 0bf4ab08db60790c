import { useTranslation } from "react-i18next";

/** What to do about a microphone that does not start, by the name of the browser's error. */
export function useMicrophoneHelp(): (name: string) => string {
  const { t } = useTranslation();
  return (name) => {
    if (name === "NotAllowedError") return t("device.denied");
    if (name === "NotFoundError") return t("device.missing");
    if (name === "NotReadableError") return t("device.busy");
    if (name === "SecurityError") return t("device.insecure");
    return t("device.broken");
  };
}
