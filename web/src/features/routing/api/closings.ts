import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Closable } from "@/shared/api/types";

/** What may be closed at once, and what is; others may close and open while one looks. */
export const closingsQuery = queryOptions({ queryKey: ["closings"], queryFn: () => http.get<Closable[]>("/closings"), refetchInterval: 5_000 });

const ROOTS = { queue: "queues", calendar: "calendars", switch: "closure-switches" } as const;
export interface Closing { exit: string; prompt: string | null }

/** Close (turn on), or open again (turn off) with null. A switch has but one exit. */
export function useClosing(row: Closable) {
  const queries = useQueryClient();
  const path = `/${ROOTS[row.kind]}/${row.id}/closing`;
  return useMutation({
    mutationFn: (closing: Closing | null) => (closing ? http.put<void>(path, row.kind === "switch" ? { prompt: closing.prompt } : closing) : http.delete(path)),
    onSettled: () => queries.invalidateQueries({ queryKey: closingsQuery.queryKey }),
  });
}

/** Make a switch, put one away, and fetch it back. */
export function useSwitches() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: closingsQuery.queryKey });
  return {
    add: useMutation({ mutationFn: (name: string) => http.post<void>("/closure-switches", { name }), onSettled }),
    remove: useMutation({ mutationFn: (row: Closable) => http.delete(`/closure-switches/${row.id}`), onSettled }),
    restore: useMutation({ mutationFn: (row: Closable) => http.post<void>(`/closure-switches/${row.id}/restore`, {}), onSettled }),
  };
}
