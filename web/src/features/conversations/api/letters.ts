import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Letters, Message } from "@/shared/api/types";
import { type Heading, wishOf } from "../letter";

/** `last`: the customer's last message, so that what comes later is asked for anew. */
export const lettersQuery = (id: Id, last: Id | undefined) =>
  queryOptions({ queryKey: ["letters", id, last ?? ""], queryFn: ({ signal }) => http.get<Letters>(`/conversations/${id}/letters`, undefined, signal), placeholderData: (before, query) => (query?.queryKey[1] === id ? before : undefined) });

export const sendLetter = (id: Id, heading: Heading, body: { client_id: string; body: string; attachments: Id[] }): Promise<Message> => http.post<Message>(`/conversations/${id}/letters`, { ...body, ...wishOf(heading) });
