import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Closable } from "@/shared/api/types";

/** What may be closed at once, and what is; others may close and open while one looks. */
export const closingsQuery = queryOptions({ queryKey: ["closings"], queryFn: () => http.get<Closable[]>("/closings"), refetchInterval: 5_000 });

const pathOf = (row: Closable): string => `/${row.kind === "queue" ? "queues" : "calendars"}/${row.id}/closing`;
export interface Closing { exit: string; prompt: string | null }

/** Close, or open again with null. */
export function useClosing(row: Closable) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (closing: Closing | null) => (closing ? http.put<void>(pathOf(row), closing) : http.delete(pathOf(row))),
    onSettled: () => queries.invalidateQueries({ queryKey: closingsQuery.queryKey }),
  });
}
