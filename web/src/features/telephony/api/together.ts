import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Call, Destination, DestinationRow, Party } from "@/shared/api/types";
import { callQuery } from "./calls";

/** Who could be asked or given the customer; what colleagues do changes by the second. */
export const destinationsQuery = (q: string) =>
  queryOptions({
    queryKey: ["call-destinations", q],
    queryFn: () => http.get<DestinationRow[]>("/call-destinations", { q }),
    placeholderData: keepPreviousData,
    staleTime: 2000,
    refetchInterval: 5000,
  });

export type Aim = "transfer" | "consult" | "parties";
export type ConsultCommand = "swap" | "complete" | "cancel" | "merge";
export type PartyCommand = "drop" | "mute" | "unmute" | "hold" | "resume" | "listen" | "speak" | "lead";
export type Together =
  | { aim: Aim; at: Destination & { listens?: boolean } }
  | { consult: ConsultCommand }
  | { party: Party; command: PartyCommand }
  | { leave: true };

function path(wish: Together): string {
  if ("aim" in wish) return wish.aim;
  if ("consult" in wish) return `consult/${wish.consult}`;
  return "party" in wish ? `parties/${wish.party.id}/${wish.command}` : "leave";
}

/** What is done together with others on the call. The answer shows the call as it is then; it may be over for me. */
export function useTogether(call: Call, me: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: Together) => http.post<Call>(`/calls/${call.id}/${path(wish)}`, "at" in wish ? wish.at : undefined),
    onSuccess: (after, wish) => {
      const away = ("aim" in wish && wish.aim === "transfer") || "leave" in wish || ("consult" in wish && wish.consult === "complete");
      const out = "party" in wish && wish.command === "drop" && wish.party.user_id === me;
      queries.setQueryData(callQuery.queryKey, after.state === "ended" || away || out ? null : after);
    },
  });
}
