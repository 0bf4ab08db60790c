import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Call, Id, ParkedCall, SpeedDial } from "@/shared/api/types";
import { callQuery } from "./calls";
import { PARKED } from "./parked";

/** Who is parked, by place; the realtime stream says when that is another list. */
export const parkedQuery = queryOptions({ queryKey: PARKED, queryFn: () => http.get<ParkedCall[]>("/parked-calls") });

/** Leave the customer at a parking place; the answer says which. */
export function usePark() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (call: Call) => http.post<Call>(`/calls/${call.id}/park`),
    onSuccess: () => queries.setQueryData(callQuery.queryKey, null),
  });
}

/** My own phone rings into the call; the stream brings the call itself. */
export function usePickUp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (call: Id) => http.post<Call>(`/parked-calls/${call}/pick-up`),
    onSettled: () => queries.invalidateQueries({ queryKey: PARKED }),
  });
}

export const speedDialsQuery = queryOptions({ queryKey: ["speed-dials"], queryFn: () => http.get<SpeedDial[]>("/phone/speed-dials") });

export function useSpeedDials() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (dials: SpeedDial[]) => http.put<SpeedDial[]>("/phone/speed-dials", { dials }),
    onSuccess: (kept) => queries.setQueryData(speedDialsQuery.queryKey, kept),
  });
}
