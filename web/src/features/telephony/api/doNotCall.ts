import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { DoNotCallEntry, DoNotCallImported, DoNotCallIn, Id, Page } from "@/shared/api/types";

const KEY = ["do-not-call"] as const;

/** The list may be long: it is searched on the server, and shown page by page. */
export const doNotCallQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: [...KEY, q],
    queryFn: ({ pageParam }) => http.get<Page<DoNotCallEntry>>("/do-not-call", { q, cursor: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });

export function useDoNotCall() {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: KEY });
  return {
    add: useMutation({ mutationFn: (body: Partial<DoNotCallIn>) => http.post<DoNotCallEntry>("/do-not-call", body), onSuccess }),
    remove: useMutation({ mutationFn: (id: Id) => http.delete(`/do-not-call/${id}`), onSuccess }),
    restore: useMutation({ mutationFn: (id: Id) => http.post<DoNotCallEntry>(`/do-not-call/${id}/restore`), onSuccess }),
    bring: useMutation({ mutationFn: (body: { text: string; reason: string; until: string | null }) => http.post<DoNotCallImported>("/do-not-call/import", body), onSuccess }),
  };
}
