import type { Id, Message } from "@/shared/api/types";

interface Party { address: string; name: string }

/** What a message says of itself that came or goes as an e-mail. */
export interface Mail {
  id: Id;
  subject: string;
  sender: Party;
  to: Party[];
  cc: Party[];
  html: boolean;
  images: boolean;
  quoted: string;
  files: string[];
  automatic: boolean;
  state: "received" | "queued" | "sending" | "sent" | "uncertain" | "failed" | "bounced";
  problem: string;
}

export const mailOf = (message: Message): Mail | null => (message.data["email"] as Mail | undefined) ?? null;
export const partyText = ({ name, address }: Party): string => (name && name !== address ? `${name} <${address}>` : address);
