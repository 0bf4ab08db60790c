import "@/shared/i18n/exchange";
import i18next from "i18next";
import type { Call } from "@/shared/api/types";
import { notice } from "@/shared/components/notices";

/** The line is gone without anybody having answered: who called is told why. */
export function tellUnreached(call: Call): void {
  const who = call.peer.name ?? call.peer.national ?? call.peer.number ?? "";
  if (call.unreached) notice(i18next.t(`call.unreached.${call.unreached}`, { who }), "bad");
}
