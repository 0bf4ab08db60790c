/**
 * The shapes of the HTTP API (`/api/v1`), written by hand until they are generated from OpenAPI into `schema.ts`.
 * Ids are UUID strings, instants ISO 8601 UTC, durations seconds.
 */
export type Id = string;
export type Instant = string;
export interface Ref { id: Id; name: string }
export interface Page<T> { items: T[]; next_cursor: string | null }
export type Locale = "en" | "vi" | "uk";
export type Scope = "own" | "team" | "queue" | "project" | "tenant";

export interface Me {
  user: { id: Id; name: string; email: string; locale: Locale; time_zone: string; extension: string | null; theme?: ThemeChoice };
  tenant: { id: Id; name: string; country: string; time_zone: string };
  permissions: Record<string, Scope>;
  roles: string[];
}
export type ThemeChoice = "light" | "dark" | "auto";

export type ChosenState = "ready" | "not_ready" | "offline";
/** `working` is `talking` told by a server that does not know about the call itself. */
export type ShownState = "ready" | "not_ready" | "offered" | "working" | "talking" | "hold" | "wrap_up" | "offline";
/** A name kept per language, or one for all: read it with `localized()`. */
export type Localized = string | Record<string, string>;
export interface Reason { id: Id; name: Localized; icon: string | null; is_break: boolean; max_minutes: number | null;
  /** Set for reasons that only the system gives, such as missed offers. */
  system?: string | null }
export interface Presence {
  state: ChosenState;
  shown: ShownState;
  reason: { id: Id; name: Localized } | null;
  since: Instant;
}

export type RingOn = "browser" | "phone" | "both";
export interface PhoneDevice { id: Id; kind: "webrtc" | "sip"; sip_user: string; registered: boolean }
export interface PhoneAccount {
  sip_user: string;
  sip_password: string;
  domain: string;
  ws_path: string;
  ice_servers: RTCIceServer[];
  ring_on: RingOn;
  extension: string | null;
  devices: PhoneDevice[];
}

export type Direction = "inbound" | "outbound" | "internal";
export interface PhoneNumberValue { e164: string; national: string | null }
export interface Assignment {
  id: Id;
  interaction_id: Id;
  state: "offered" | "accepted" | "wrap_up";
  channel: string;
  direction: Direction;
  queue: Ref | null;
  contact: (Ref & { company: string | null }) | null;
  candidates: Ref[];
  number: PhoneNumberValue | null;
  offered_at: Instant;
  expires_at: Instant | null;
  accepted_at: Instant | null;
  waited_s: number;
  wrap_up_ends_at: Instant | null;
  flow_answers: { label: string; value: string }[];
  call_id: Id | null;
  auto_answer: boolean;
  disposition_id: Id | null;
  note: string;
  priority: number;
  skills: string[];
  version: number;
}
export interface Disposition { id: Id; label: Localized; parent_id: Id | null; code: string; requires_note: boolean }
export interface Call {
  id: Id;
  interaction_id: Id;
  state: "ringing" | "talking" | "held" | "ended";
  direction: Direction;
  peer: { number: string | null; national: string | null; name: string | null };
  started_at: Instant;
  answered_at: Instant | null;
  on_hold_since: Instant | null;
  muted: boolean;
  recording: "on" | "off" | "paused" | "none";
  queue: Ref | null;
}
export interface Workspace { seq: string; presence: Presence; assignments: Assignment[]; call: Call | null }
export interface MyDay {
  figures: Partial<Record<MyDayFigure, number>>;
  segments: { state: ShownState; reason: Localized | null; start: Instant; end: Instant | null }[];
}
export type MyDayFigure = "handled" | "talk_s" | "hold_s" | "wrap_up_s" | "aht_s" | "occupancy" | "ready_s" | "not_ready_s" | "missed";

export const RESULTS = [
  "answered", "abandoned", "short_abandon", "voicemail", "self_service", "no_answer", "busy", "failed", "refused",
] as const;
export type Result = (typeof RESULTS)[number];
export interface InteractionRow {
  id: Id;
  channel: string;
  direction: Direction;
  started_at: Instant;
  contact: Ref | null;
  number: PhoneNumberValue | null;
  queue: Ref | null;
  agent: Ref | null;
  /** null while it goes on. */
  result: Result | null;
  wait_s: number | null;
  talk_s: number | null;
  hold_s: number | null;
  wrap_up_s: number | null;
  hung_up_by: "customer" | "agent" | "system" | null;
  cause: string | null;
  has_recording: boolean;
  disposition: string | null;
}
export type SegmentKind = "flow" | "wait" | "ring" | "talk" | "hold" | "wrap_up";
export interface Segment {
  kind: SegmentKind;
  participant: string | null;
  start: Instant;
  end: Instant | null;
  queue: Ref | null;
  user: Ref | null;
}
export interface RoutingDecision {
  at: Instant;
  decision: "offered" | "no_agent" | "overflow" | "missed" | "declined";
  chosen: Ref | null;
  why: string;
  candidates: { user: Ref; verdict: string; why: string }[];
}
export interface Recording { id: Id; duration_s: number; channels: string[]; size: number; checksum: string; codec: string }
export interface Interaction extends InteractionRow {
  segments: Segment[];
  flow_path: { node: string; label: string; at: Instant; result: string | null }[];
  routing: RoutingDecision[];
  recordings: Recording[];
  notes: string;
  flow_answers: { label: string; value: string }[];
  quality: { rtt_ms: number | null; jitter_ms: number | null; loss_pct: number | null; mos: number | null } | null;
  events: { at: Instant; type: string; detail: string | null }[];
}
export interface Peaks { sample_rate_hz: number; customer: number[]; agent: number[] }
export interface Voicemail {
  id: Id;
  interaction_id: Id;
  number: PhoneNumberValue | null;
  contact: Ref | null;
  queue: Ref | null;
  left_at: Instant;
  duration_s: number;
  heard: boolean;
  version: number;
}

export type ContactKind = "lead" | "customer" | "unknown";
export interface Identity { id: Id; kind: "phone" | "email"; value: string; national: string | null }
export interface Consent { purpose: string; channel: string; state: "granted" | "refused"; source: string | null; at: Instant }
export interface ContactRow {
  id: Id;
  name: string | null;
  company: Ref | null;
  kind: ContactKind;
  language: Locale | null;
  tags: string[];
  identities: Identity[];
  last_interaction_at: Instant | null;
}
export interface Contact extends ContactRow {
  fields: Record<string, string>;
  consents: Consent[];
  merges: { id: Id; other: Ref; at: Instant }[];
  version: number;
}
export interface ContactField { key: string; label: string; kind: "text" | "number" | "date" | "choice"; choices?: string[] }
export interface Note { id: Id; text: string; author: Ref; at: Instant }
export interface TimelineEntry {
  id: Id;
  kind: "interaction" | "note" | "merge" | "change";
  at: Instant;
  interaction: InteractionRow | null;
  note: Note | null;
  title: string;
  detail: string | null;
}
export interface SearchHit { kind: "contact" | "user" | "number" | "interaction" | "queue"; id: Id; title: string; subtitle: string | null }

export interface BoardQueue {
  id: Id;
  name: string;
  waiting: number;
  longest_wait_since: Instant | null;
  offered: number;
  answered: number;
  answered_in_target: number;
  abandoned: number;
  short_abandoned: number;
  service_level: number | null;
  target: { seconds: number; share: number };
  agents: { ready: number; talking: number; wrap_up: number; not_ready: number };
  trend: { at: Instant; waiting: number; service_level: number | null }[];
}
export interface BoardAgent {
  user: Ref;
  team: string | null;
  state: ShownState;
  reason: Localized | null;
  since: Instant;
  with: { number: string | null; contact: string | null; queue: string | null } | null;
  registered: boolean;
}
export interface Board {
  seq: string;
  at: Instant;
  queues: BoardQueue[];
  agents: BoardAgent[];
  totals: { waiting: number; talking: number; ready: number; service_level: number | null; abandoned: number; answered: number };
}
