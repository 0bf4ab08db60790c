import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Board, BoardAgentUpClose, Id, MyDay } from "@/shared/api/types";

export const boardQuery = queryOptions({
  queryKey: ["board"],
  queryFn: () => http.get<Board>("/live/board"),
  staleTime: 30_000,
  meta: { live: true },
});

export const myDayQuery = queryOptions({ queryKey: ["my-day"], queryFn: () => http.get<MyDay>("/my-day"), refetchInterval: 30_000 });

export const agentQuery = (userId: Id) => queryOptions({ queryKey: ["board", "agent", userId], queryFn: () => http.get<BoardAgentUpClose>(`/live/agents/${userId}`), staleTime: 0 });
