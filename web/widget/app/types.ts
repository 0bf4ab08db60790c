/** What the server tells visitors (channels/webchat/schemas.py). */

import type { Rule } from "../bridge.ts";

export type Phase = "none" | "bot" | "waiting" | "agent" | "ended";
export type Language = "en" | "vi" | "uk";
export type AskedName = "name" | "email" | "phone";
export type About = Partial<Record<AskedName, string>>;

export interface Choice {
  key: string;
  label: string;
}

/** A file of a message. `size` in bytes; `shown`: a picture that may be seen. */
export interface Attachment {
  id: string;
  name: string;
  size: number;
  shown: boolean;
}

export interface Message {
  seq: number;
  author: "customer" | "agent" | "bot" | "system";
  name: string;
  kind: "text" | "event";
  body: string;
  data: { choices?: Choice[]; event?: string; what?: string; to?: string; pressed?: string; text?: string };
  attachments: Attachment[];
  client_id: string | null;
  at: string;
}

/** With what the customer comes into a call. */
export type Wanted = "camera" | "microphone" | "nothing";

/** What the agent asks to be shown, or is being shown. */
export interface Share {
  id: string;
  kind: "cobrowse" | "video";
  state: "asked" | "on";
}

export interface ChatState {
  phase: Phase;
  agent: string | null;
  position: number | null;
  read_seq: number;
  shares: Share[];
}

export interface Asked {
  name: AskedName;
  required: boolean;
}

export interface Config {
  look: {
    title: Partial<Record<Language, string>>;
    greeting: Partial<Record<Language, string>>;
    colour: string;
    side: "left" | "right";
  };
  pre_chat: Asked[];
  country: string;
  /** Whether the site's server says who writes, and whether nobody else can write. */
  identity: "off" | "optional" | "enforced";
  /** The chat can be sent by mail. */
  transcripts: boolean;
  /** Greetings that come up by themselves. */
  triggers: (Omit<Rule, "text"> & { text: Partial<Record<Language, string>> })[];
}

/** What is written for a time when somebody is there. */
export interface Left {
  id: string;
  name: string;
  email: string;
  body: string;
}

/** A greeting that had come up and was taken up, after message number `after`. `answered`: the server knows of it. */
export interface Greeted {
  id: string;
  text: string;
  after: number;
  at: string;
  answered: boolean;
}

/** Who the site's server says that the visitor is, and how long that is good. */
export interface Proven {
  subject: string | null;
  verified_until: string | null;
}

/** Why a form stands in the chat's place; null: it does not. */
export type Away = "hours" | "nobody" | null;

export interface Opened {
  token: string;
  config: Config;
  name: string;
  identity: Proven;
  away: Away;
  messages: Message[];
  state: ChatState;
}

export interface Frame {
  messages: Message[];
  state: ChatState;
  typing: boolean;
}

/** What the page brings along: the widget as it was when the page was fetched. */
export interface Page {
  key: string;
  /** The sites that may show this widget. */
  origins: string[];
  config: Config;
}
