import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Reply } from "@/shared/api/types";

export const repliesQuery = (conversation: Id, q: string) =>
  queryOptions({ queryKey: ["replies", conversation, q], queryFn: ({ signal }) => http.get<Reply[]>(`/conversations/${conversation}/replies`, { q }, signal), staleTime: 30_000, placeholderData: (before) => before });

function useOwn<Input>(call: (input: Input) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => queries.invalidateQueries({ queryKey: ["replies"] }) });
}
export const useAddReply = () => useOwn((reply: { code: string; body: Record<string, string> }) => http.post("/own-replies", reply));
export const useDeleteReply = () => useOwn((id: Id) => http.delete(`/own-replies/${id}`));
