import { urgentTitle } from "@/shared/components/title";
import { startRinging, stopRinging } from "./ringer";

/** A call must be noticed wherever one looks: sound, the tab's title, a system notification when the page is not in sight. Ends by what is returned. */
export function callForAttention({ tab, name, body, tag, ring }: { tab: string; name: string; body: string; tag: string; ring: boolean }): () => void {
  if (ring) startRinging();
  const calm = urgentTitle(tab);
  let shown: Notification | null = null;
  if (document.hidden && typeof Notification !== "undefined" && Notification.permission === "granted") {
    shown = new Notification(name, { body, tag, requireInteraction: true });
    shown.onclick = () => window.focus();
  }
  return () => {
    stopRinging();
    shown?.close();
    calm();
  };
}
