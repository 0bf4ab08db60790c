import "@/shared/i18n/exchange";
import i18next from "i18next";
import type { Call } from "@/shared/api/types";
import { notice } from "@/shared/components/notices";

/** Of which call it was told last: its end is told more than once. */
let told: Call["id"] | null = null;

/** The line is gone without anybody having answered: who called is told why. */
export function tellUnreached(call: Call): void {
  const who = call.peer.name ?? call.peer.national ?? call.peer.number ?? "";
  if (!call.unreached || call.id === told) return;
  told = call.id;
  notice(i18next.t(`call.unreached.${call.unreached}`, { who }), "bad");
}
