import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Consent, Contact, ContactField, ContactRow, Id, Note, Page, Ref, TimelineEntry } from "@/shared/api/types";

export const contactQuery = (id: Id) => queryOptions({ queryKey: ["contact", id], queryFn: () => http.get<Contact>(`/contacts/${id}`) });
export const contactsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["contacts", q],
    queryFn: ({ pageParam, signal }) => http.get<Page<ContactRow>>("/contacts", { q, cursor: pageParam, limit: 100 }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
export const timelineQuery = (id: Id) =>
  infiniteQueryOptions({
    queryKey: ["contact", id, "timeline"],
    queryFn: ({ pageParam, signal }) => http.get<Page<TimelineEntry>>(`/contacts/${id}/timeline`, { cursor: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });
export const fieldsQuery = queryOptions({ queryKey: ["contact-fields"], queryFn: () => http.get<ContactField[]>("/contact-fields"), staleTime: 300_000 });
export const companiesQuery = (q: string) =>
  queryOptions({ queryKey: ["companies", q], queryFn: async () => (await http.get<Page<Ref>>("/companies", { q })).items, staleTime: 60_000 });

export type ContactChange = Partial<Pick<Contact, "name" | "kind" | "language" | "fields" | "tags">> & { company_id?: Id | null };

/** Every write of a contact refreshes the contact, its timeline and the lists. */
function useContactWrite<Input, Output>(id: Id, call: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: call,
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ["contact", id] }), queries.invalidateQueries({ queryKey: ["contacts"] })]),
  });
}
export const useEditContact = (id: Id) =>
  useContactWrite(id, (change: ContactChange & { version: number }) => http.patch<Contact>(`/contacts/${id}`, change));
export const useAddIdentity = (id: Id) =>
  useContactWrite(id, (identity: { kind: "phone" | "email"; value: string }) => http.post<unknown>(`/contacts/${id}/identities`, identity));
export const useRemoveIdentity = (id: Id) => useContactWrite(id, (identity: Id) => http.delete(`/contacts/${id}/identities/${identity}`));
export const useAddNote = (id: Id) => useContactWrite(id, (text: string) => http.post<Note>(`/contacts/${id}/notes`, { text }));
export const useMerge = (id: Id) =>
  useContactWrite(id, (other_id: Id) => http.post<{ merge_id: Id }>(`/contacts/${id}/merge`, { other_id }));
export const useUnmerge = (id: Id) => useContactWrite(id, (merge: Id) => http.post<void>(`/contacts/merges/${merge}/undo`));
export const useConsent = (id: Id) =>
  useContactWrite(id, (consent: Omit<Consent, "at">) => http.put<unknown>(`/contacts/${id}/consents`, consent));

export function useCreateContact() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (contact: ContactChange & { identities?: { kind: "phone" | "email"; value: string }[] }) => http.post<Contact>("/contacts", contact),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["contacts"] }),
  });
}
