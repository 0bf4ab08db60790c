import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Conversation, Id, Mentionable } from "@/shared/api/types";
import { conversationQuery } from "./inbox";

export const mentionableQuery = (conversation: Id, q: string) =>
  queryOptions({ queryKey: ["mentionable", conversation, q], queryFn: ({ signal }) => http.get<Mentionable[]>(`/conversations/${conversation}/mentionable`, { q }, signal), staleTime: 30_000, placeholderData: (before) => before });

export function useFollowing() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, following }: { id: Id; following: boolean }) => (following ? http.put<Conversation>(`/conversations/${id}/follow`, {}) : http.delete<Conversation>(`/conversations/${id}/follow`)),
    onSuccess: (row) => {
      queries.setQueryData(conversationQuery(row.id).queryKey, row);
      void queries.invalidateQueries({ queryKey: ["inbox"] });
    },
  });
}
