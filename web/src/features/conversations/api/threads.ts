import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Message, Thread } from "@/shared/api/types";

const PAGE = 50;
const path = (id: Id): string => `/conversations/${id}`;

/** Both, each message once, in their order. */
export function joined(older: Message[], newer: Message[]): Message[] {
  const first = newer[0]?.seq ?? Infinity;
  return [...older.filter((one) => one.seq < first), ...newer];
}

/** What was loaded before stays, unless so much was written meanwhile that there would be a gap; and what the stream told while it was read. */
export function refreshed(before: Thread | undefined, now: Thread): Thread {
  const first = now.messages[0]?.seq ?? 0;
  if (!before || before.last_seq < first - 1 || (before.messages[0]?.seq ?? 0) > now.last_seq + 1) return now;
  const older = before.messages.filter((one) => one.seq < first);
  const newer = before.messages.filter((one) => one.seq > now.last_seq);
  const later = newer.length > 0 ? before : now;
  return { ...now, messages: [...older, ...now.messages, ...newer], more: older.length > 0 ? before.more : now.more, last_seq: later.last_seq, seen_seq: later.seen_seq, read_seq: later.read_seq };
}

export const threadQuery = (id: Id) =>
  queryOptions({
    queryKey: ["thread", id],
    queryFn: async ({ client, signal }) => {
      const now = await http.get<Thread>(`${path(id)}/messages`, { limit: PAGE }, signal);
      return refreshed(client.getQueryData<Thread>(["thread", id]), now);
    },
    staleTime: 0,
    meta: { live: true },
  });

export async function loadOlder(queries: QueryClient, id: Id): Promise<void> {
  const key = threadQuery(id).queryKey;
  const first = queries.getQueryData(key)?.messages[0];
  if (!first) return;
  const older = await http.get<Thread>(`${path(id)}/messages`, { before: first.seq, limit: PAGE });
  queries.setQueryData(key, (thread) => thread && { ...thread, messages: joined(older.messages, thread.messages), more: older.more });
}

/** A message of one's own or of the stream. False: there is a gap before it, and the thread has to be read anew. */
export function putMessage(queries: QueryClient, message: Message): boolean {
  const key = threadQuery(message.conversation_id).queryKey;
  const thread = queries.getQueryData(key);
  if (!thread || message.seq <= thread.last_seq) return thread !== undefined;
  if (message.seq > thread.last_seq + 1) return false;
  queries.setQueryData(key, {
    ...thread, messages: [...thread.messages, message], last_seq: message.seq,
    seen_seq: message.author === "customer" ? message.seq : thread.seen_seq, read_seq: message.author === "agent" ? message.seq : thread.read_seq,
  });
  return true;
}

/** What is known of a message has changed; what it says has not. */
export function changeMessage(queries: QueryClient, message: Message): void {
  queries.setQueryData(threadQuery(message.conversation_id).queryKey, (thread) => thread && { ...thread, messages: thread.messages.map((one) => (one.id === message.id ? message : one)) });
}

export const sendMessage = (id: Id, body: { client_id: string; kind: "text" | "note"; body: string; attachments: Id[]; mentions: Id[] }): Promise<Message> => http.post<Message>(`${path(id)}/messages`, body);
export const sendSeen = (id: Id, seq: number): Promise<unknown> => http.post(`${path(id)}/seen`, { seq });

/** When the customer was last heard to type; kept like an answer of the server, because the stream writes it. */
export const typingQuery = (id: Id) => queryOptions<number>({ queryKey: ["typing", id], queryFn: () => 0, enabled: false, initialData: 0, staleTime: Infinity });
