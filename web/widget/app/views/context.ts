import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Client } from "../client.ts";
import type { Host } from "../host.ts";
import type { Sharing } from "../sharing.ts";
import type { Talking } from "../talking.ts";
import type { Known } from "../store.ts";
import type { Language } from "../types.ts";
import type { Uploads } from "../uploads.ts";
import type { Words } from "../words/en.ts";

export interface Chat {
  client: Client;
  host: Host;
  sharing: Sharing;
  talking: Talking;
  words: Words;
  language: Language;
}

export const ChatContext = createContext<Chat | null>(null);

export function useChat(): Chat {
  const chat = useContext(ChatContext);
  if (!chat) throw new Error("outside of the chat");
  return chat;
}

/** The files of the message that is being written. */
export function useUploads(): Uploads {
  const { client } = useChat();
  const [, again] = useState(0);
  useEffect(() => client.uploads.subscribe(() => again((count) => count + 1)), [client]);
  return client.uploads;
}

/** What is known now; whoever asks is drawn anew when it changes. */
export function useKnown(): Known {
  const { client } = useChat();
  const [, again] = useState(0);
  useEffect(() => client.store.subscribe(() => again((count) => count + 1)), [client]);
  return client.store.known;
}
