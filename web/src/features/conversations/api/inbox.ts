import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http, type Query } from "@/shared/api/client";
import type { ColleagueHere, Conversation, ConversationChange, Id, InboxCounts, InboxView, ManyChanged, Page } from "@/shared/api/types";
import type { Narrowed, View } from "../narrowed";

const OF_VIEW: Record<View, Query> = {
  mine: { mine: true, state: "open", snoozed: false },
  waiting: { state: "waiting" },
  open: { state: ["bot", "waiting", "open"], snoozed: false },
  unread: { unread: true, snoozed: false },
  snoozed: { snoozed: true },
  scheduled: { scheduled: true },
  followed: { followed: true },
  mentioned: { mentioned: true },
  closed: { state: "closed" },
  all: {},
};

export const inboxQuery = ({ view = "open", ...narrowed }: Narrowed) =>
  infiniteQueryOptions({
    queryKey: ["inbox", "list", view, narrowed],
    queryFn: ({ pageParam, signal }) => http.get<Page<Conversation>>("/conversations", { ...OF_VIEW[view], ...narrowed, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 10_000,
    meta: { live: true },
  });

export const inboxCountsQuery = queryOptions({ queryKey: ["inbox", "counts"], queryFn: () => http.get<InboxCounts>("/conversations/counts"), staleTime: 10_000, meta: { live: true } });
export const conversationQuery = (id: Id) => queryOptions({ queryKey: ["inbox", "one", id], queryFn: () => http.get<Conversation>(`/conversations/${id}`), meta: { live: true } });

/** Told again while it lasts, and lost without harm. */
export const tellHere = (id: Id, doing: ColleagueHere["doing"]): void => void http.post(`/conversations/${id}/here`, { doing }).catch(() => undefined);

/** Which colleagues were last heard of in a conversation, and when; kept like an answer of the server, because the stream writes it. */
export type Heard = Record<Id, ColleagueHere & { at: number }>;
export const heardQuery = (id: Id) => queryOptions<Heard>({ queryKey: ["here", id], queryFn: () => ({}), enabled: false, initialData: {}, staleTime: Infinity });

export const tagsQuery = queryOptions({ queryKey: ["conversation-tags"], queryFn: () => http.get<string[]>("/conversations/tags"), staleTime: 30_000 });

function useMark<Input extends { id: Id }>(call: (input: Input) => Promise<Conversation>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: (row) => {
      queries.setQueryData(conversationQuery(row.id).queryKey, row);
      void queries.invalidateQueries({ queryKey: ["inbox"] });
    },
  });
}
export const useTag = () => useMark(({ id, tags }: { id: Id; tags: string[] }) => http.put<Conversation>(`/conversations/${id}/tags`, { tags }));
export const useSnooze = () => useMark(({ id, until }: { id: Id; until: string | null }) => (until === null ? http.delete<Conversation>(`/conversations/${id}/snooze`) : http.put<Conversation>(`/conversations/${id}/snooze`, { until })));

/** Many at once; `before` of the answer, sent again, undoes it. The server takes a hundred at a time. */
export function useChangeMany() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (changes: ConversationChange[]): Promise<ManyChanged> => {
      const all: ManyChanged = { before: [], refused: [] };
      for (let at = 0; at < changes.length; at += AT_A_TIME) {
        const part = await http.patch<ManyChanged>("/conversations", { changes: changes.slice(at, at + AT_A_TIME) });
        all.before.push(...part.before);
        all.refused.push(...part.refused);
      }
      return all;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["inbox"] }),
  });
}
const AT_A_TIME = 100;

export const viewsQuery = queryOptions({ queryKey: ["inbox-views"], queryFn: () => http.get<InboxView[]>("/inbox-views"), staleTime: 60_000 });

function useViews<Input, Output>(call: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: call, onSuccess: () => queries.invalidateQueries({ queryKey: viewsQuery.queryKey }) });
}
export const useKeepView = () => useViews((view: { name: string; narrowing: Narrowed; shared: boolean }) => http.post<InboxView>("/inbox-views", view));
export const useDeleteView = () => useViews((id: Id) => http.delete<undefined>(`/inbox-views/${id}`));
