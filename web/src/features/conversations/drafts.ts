import type { Attachment, Id, Mentionable } from "@/shared/api/types";
import type { Heading } from "./letter";
import { uploadsOf } from "./uploads";

/** What is being written in a conversation; it outlives a reload. */
export interface Draft { body: string; kind: "text" | "note"; heading?: Heading | undefined; mentions?: Mentionable[] | undefined }
const keyOf = (id: Id): string => `tongdai.chat-draft.${id}`;
const fields = new Map<Id, (draft: Draft) => void>();

export function keptDraft(id: Id): Draft {
  const kept = localStorage.getItem(keyOf(id));
  return kept ? (JSON.parse(kept) as Draft) : { body: "", kind: "text" };
}

export function keepDraft(id: Id, draft: Draft): void {
  if (draft.body || draft.kind === "note" || draft.heading) localStorage.setItem(keyOf(id), JSON.stringify(draft));
  else localStorage.removeItem(keyOf(id));
}

/** The field where one writes in this conversation is told of what comes back to it. */
export function listenForDraft(id: Id, show: (draft: Draft) => void): () => void {
  fields.set(id, show);
  return () => void (fields.get(id) === show && fields.delete(id));
}

/** What was taken back is where it was written, before what was begun meanwhile. */
export function putBack(id: Id, body: string, heading: Heading | undefined, attachments: Attachment[]): void {
  const begun = keptDraft(id);
  const draft: Draft = { body: [body, begun.kind === "text" ? begun.body : ""].filter(Boolean).join("\n\n"), kind: "text", heading: heading ?? begun.heading };
  keepDraft(id, draft);
  uploadsOf(id).restore(attachments);
  fields.get(id)?.(draft);
}
