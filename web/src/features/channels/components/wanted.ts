import type { Id } from "@/shared/api/types";
import type { Wanted } from "@/shared/rtc/call";

const KEY = "tongdai.call.";

/** With what one goes into a call is chosen when it is asked for, and holds when the page is loaded anew. */
export const rememberWanted = (interaction: Id, wanted: Wanted): void => sessionStorage.setItem(KEY + interaction, wanted);
export const wantedFor = (interaction: Id): Wanted => (sessionStorage.getItem(KEY + interaction) as Wanted | null) ?? "nothing";
