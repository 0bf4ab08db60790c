import { IconPlugConnectedX, IconWifiOff } from "@tabler/icons-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useLinkState } from "@/shared/realtime/context";
import classes from "./Shell.module.css";

const online = (tell: () => void) => {
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  return () => {
    window.removeEventListener("online", tell);
    window.removeEventListener("offline", tell);
  };
};

/** Says what a lost connection means; a blink of under two seconds is not worth a word. */
export function LinkBanner() {
  const { t } = useTranslation();
  const link = useLinkState();
  const isOnline = useSyncExternalStore(online, () => navigator.onLine);
  const broken = !isOnline ? "offline" : link === "waiting" || link === "polling" ? link : null;
  const [shown, setShown] = useState<typeof broken>(null);
  useEffect(() => {
    const timer = setTimeout(() => setShown(broken), broken === "waiting" ? 2000 : 0);
    return () => clearTimeout(timer);
  }, [broken]);
  return (
    <div role="status">
      {shown && (
        <div className={classes.banner}>
          {shown === "offline" ? <IconWifiOff size={18} aria-hidden /> : <IconPlugConnectedX size={18} aria-hidden />}
          {t(`link.${shown}`)}
        </div>
      )}
    </div>
  );
}
