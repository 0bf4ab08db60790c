import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http, type Query } from "@/shared/api/client";
import type { ColleagueHere, Conversation, Id, InboxCounts, Page } from "@/shared/api/types";
import type { Narrowed, View } from "../narrowed";

const OF_VIEW: Record<View, Query> = {
  mine: { mine: true, state: "open" },
  waiting: { state: "waiting" },
  open: { state: ["bot", "waiting", "open"] },
  unread: { unread: true },
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
