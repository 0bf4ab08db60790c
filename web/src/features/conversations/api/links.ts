import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Conversation, Id, Links, Page } from "@/shared/api/types";

export const linksQuery = (id: Id) => queryOptions({ queryKey: ["links", id], queryFn: ({ signal }) => http.get<Links>(`/conversations/${id}/links`, undefined, signal), staleTime: 10_000, meta: { live: true } });

/** Conversations to choose from: what else this customer wrote, or what is looked for. */
export const otherQuery = (row: Conversation, q: string) =>
  queryOptions({
    queryKey: ["inbox", "others", row.id, q],
    queryFn: ({ signal }) => http.get<Page<Conversation>>("/conversations", { q: q || undefined, contact_id: q ? undefined : row.contact?.id, limit: 20 }, signal),
    select: ({ items }) => items.filter((one) => one.id !== row.id),
    staleTime: 10_000,
    placeholderData: (before) => before,
  });

/** `other`: with which one; what is linked already stays so, what is not is not. */
export function useLink(id: Id) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ other, linked }: { other: Id; linked: boolean }) => (linked ? http.put<Links>(`/conversations/${id}/links/${other}`, {}) : http.delete<Links>(`/conversations/${id}/links/${other}`)),
    onSuccess: (links, { other }) => {
      queries.setQueryData(linksQuery(id).queryKey, links);
      void queries.invalidateQueries({ queryKey: linksQuery(other).queryKey });
    },
  });
}

/** What is merged into it. */
export const mergedQuery = (id: Id) => queryOptions({ queryKey: ["links", id, "merged"], queryFn: ({ signal }) => http.get<Links>(`/conversations/${id}/merged`, undefined, signal), staleTime: 10_000, meta: { live: true } });

export interface Merging { kept: Id; other: Id; other_customer: boolean }
function useMerging<Input extends { kept: Id; other: Id }>(call: (path: string, input: Input) => Promise<Links>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) => call(`/conversations/${input.kept}/merged/${input.other}`, input),
    onSuccess: (merged, { kept }) => queries.setQueryData(mergedQuery(kept).queryKey, merged),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ["inbox"] });
      void queries.invalidateQueries({ queryKey: ["links"] });
    },
  });
}
export const useMerge = () => useMerging((path, { other_customer }: Merging) => http.put<Links>(path, { other_customer }));
export const useUnmerge = () => useMerging<{ kept: Id; other: Id }>((path) => http.delete<Links>(path));
