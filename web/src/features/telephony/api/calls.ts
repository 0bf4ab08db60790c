import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Call, Id } from "@/shared/api/types";

/** The agent's one call; the workspace snapshot and the realtime stream fill it. */
export const callQuery = queryOptions({
  queryKey: ["call"],
  queryFn: async () => (await http.get<{ call: Call | null }>("/workspace")).call,
  staleTime: Infinity,
  meta: { live: true },
});

export type CallCommand = "hold" | "resume" | "hang-up" | "recording/start" | "recording/stop" | "recording/pause" | "recording/resume" | "rejoin";

/** Media commands show "…" until the server confirms them: an unconfirmed hold is not a hold. */
export function useCallCommand() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ call, command }: { call: Call; command: CallCommand }) => http.post<Call>(`/calls/${call.id}/${command}`),
    onSuccess: (call) => queries.setQueryData(callQuery.queryKey, call.state === "ended" ? null : call),
  });
}

/** After a reload: the server would notice only some seconds later, by the silence. A call that is over answers with an error. */
export const rejoin = (call: Id): void => void http.post<Call>(`/calls/${call}/rejoin`).catch(() => undefined);

export const useReportMute = () =>
  useMutation({ mutationFn: ({ call, muted }: { call: Call; muted: boolean }) => http.post<Call>(`/calls/${call.id}/mute`, { muted }) });

/** One key after the other, however fast they are pressed: a PIN must arrive as it was keyed. */
export const useDtmf = () =>
  useMutation({ scope: { id: "dtmf" }, mutationFn: ({ call, digits }: { call: Call; digits: string }) => http.post<Call>(`/calls/${call.id}/dtmf`, { digits }) });

export function usePlaceCall() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ to, callerId, projectId }: { to: string; callerId?: string; projectId?: string }) => http.post<Call>("/calls", { to, caller_id: callerId ?? null, project_id: projectId ?? null }),
    onSuccess: (call) => queries.setQueryData(callQuery.queryKey, call),
  });
}
