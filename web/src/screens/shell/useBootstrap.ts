import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { presenceQuery } from "@/features/people/api/presence";
import { assignmentsQuery } from "@/features/routing/api/assignments";
import { callQuery } from "@/features/telephony/api/calls";
import { http } from "@/shared/api/client";
import type { Workspace } from "@/shared/api/types";
import { useRealtime } from "@/shared/realtime/context";

export const workspaceQuery = queryOptions({
  queryKey: ["workspace"],
  queryFn: () => http.get<Workspace>("/workspace"),
  staleTime: Infinity,
});

/** One snapshot fills the three features' caches, and its cursor starts the stream: nothing falls between the two. */
export function useBootstrap(): void {
  const queries = useQueryClient();
  const realtime = useRealtime();
  const snapshot = useQuery(workspaceQuery).data;
  useEffect(() => {
    if (!snapshot) return;
    queries.setQueryData(presenceQuery.queryKey, snapshot.presence);
    queries.setQueryData(assignmentsQuery.queryKey, snapshot.assignments);
    queries.setQueryData(callQuery.queryKey, snapshot.call);
    realtime.start(snapshot.seq);
  }, [snapshot, queries, realtime]);
}
