import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Callback, CallbackFigures, Id, Page, Ref } from "@/shared/api/types";

export const GROUPS = ["open", "closed", "all"] as const;
export const STATES = ["scheduled", "waiting", "due", "calling", "served", "failed", "cancelled", "called_again"] as const;
export const CALLBACKS = ["callbacks"] as const;

/** What the list is asked for. `from` and `to` are instants, of when it was asked for. */
export interface CallbacksAsked { state?: string; q?: string; queue_id?: string; user_id?: string; from?: string; to?: string }

export const callbacksQuery = (asked: CallbacksAsked) =>
  infiniteQueryOptions({
    queryKey: [...CALLBACKS, "list", asked],
    queryFn: ({ pageParam, signal }) => http.get<Page<Callback>>("/callbacks", { ...asked, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
export const callbackQuery = (id: Id) => queryOptions({ queryKey: [...CALLBACKS, id], queryFn: () => http.get<Callback>(`/callbacks/${id}`) });
/** What became of all that fit, whatever their state. */
export const figuresQuery = (asked: CallbacksAsked) =>
  queryOptions({ queryKey: [...CALLBACKS, "figures", asked], queryFn: () => http.get<CallbackFigures[]>("/callbacks/figures", { ...asked, state: "all" }), placeholderData: keepPreviousData });
/** What I promised and is due now. */
export const remindersQuery = queryOptions({ queryKey: [...CALLBACKS, "reminders"], queryFn: () => http.get<{ due: Callback[] }>("/callbacks/reminders") });
export const queueNamesQuery = queryOptions({ queryKey: ["queue-names"], queryFn: () => http.get<(Ref & { channel: string })[]>("/queue-names") });

function useThen<Given>(act: (given: Given) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({ mutationFn: act, onSettled: () => queries.invalidateQueries({ queryKey: CALLBACKS }) });
}

export interface Promised { id: Id; number: string; queue_id: Id | null; due_at: string | null; note: string }
export const usePromise = () => useThen((body: Promised) => http.post<Callback>("/callbacks", body));
export const useMove = () => useThen(({ row, due_at }: { row: Callback; due_at: string }) => http.patch<Callback>(`/callbacks/${row.id}`, { version: row.version, due_at }));
export const useCancel = () => useThen((row: Callback) => http.post<Callback>(`/callbacks/${row.id}/cancel`, {}));
/** My phone rings first, then the customer's. */
export const useCallBack = () => useThen((row: Callback) => http.post(`/callbacks/${row.id}/call`, {}));
