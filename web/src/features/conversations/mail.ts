import type { Attachment, Id, Message } from "@/shared/api/types";

interface Party { address: string; name: string }

/** What a message says of itself that came or goes as an e-mail. */
export interface Mail {
  id: Id;
  subject: string;
  sender: Party;
  to: Party[];
  cc: Party[];
  bcc?: Party[];
  /** Whose letter it sends on. */
  forwards?: Party | null;
  /** What stands under it. */
  signature?: string;
  /** Of somebody whom we only forwarded to. */
  aside?: boolean;
  html: boolean;
  images: boolean;
  quoted: string;
  files: string[];
  /** Content ids of the files that its HTML shows in their place. */
  inline?: string[];
  /** Too large to be read to its end. */
  cut?: boolean;
  automatic: boolean;
  state: "received" | "queued" | "sending" | "sent" | "uncertain" | "failed" | "bounced";
  problem: string;
}

export const mailOf = (message: Message): Mail | null => (message.data["email"] as Mail | undefined) ?? null;
/** The files that are not seen in the mail's own look. */
export const besides = (message: Message, mail: Mail | null): Attachment[] => message.attachments.filter((one) => !one.content_id || !mail?.inline?.includes(one.content_id));
export const partyText = ({ name, address }: Party): string => (name && name !== address ? `${name} <${address}>` : address);
