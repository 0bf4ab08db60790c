/**
 * Short names for the shapes of `schema.ts`, which is written from the app's own description (`./run generate`). Only what
 * OpenAPI cannot say is said here. Ids are UUID strings, instants ISO 8601 UTC, durations seconds.
 */
import type { components, webhooks } from "./schema";

type Shape = components["schemas"];
/** What each type of realtime event carries. */
export type EventData = { [Type in keyof webhooks]: webhooks[Type]["post"]["responses"][200]["content"]["application/json"] };

export type Id = string;
export type Instant = string;
export type Ref = Shape["Ref"];
export interface Page<T> { items: T[]; next_cursor: string | null }

export type Me = Shape["MeView"];
export type Locale = Me["user"]["locale"];
export type ThemeChoice = Me["user"]["theme"];
export type Scope = Shape["Extent"];

export type ChosenState = Shape["Chosen"];
/** `working` is `talking` told by presence, which does not know about the call itself. */
export type ShownState = Shape["PresenceView"]["shown"] | Shape["AgentTile"]["state"];
/** A name kept per language, or one for all: read it with `localized()`. */
export type Localized = string | Record<string, string>;
export type Reason = Shape["ReasonView"];
export type Presence = Shape["PresenceView"];

export type PhoneAccount = Shape["PhoneView"];
export type PhoneDevice = Shape["DeviceView"];
export type RingOn = PhoneAccount["ring_on"];
export type DeskPhone = Shape["Phone"];
export type DeskPhoneAccount = Shape["PhoneAccount"];
export type DialLimits = Shape["DialLimitsView"];

export type Direction = Assignment["direction"];
export type PhoneNumberValue = NonNullable<Assignment["number"]>;
export type Assignment = Shape["AssignmentView"];
export type Disposition = Shape["DispositionView"];
export type Call = Shape["CallView"];
export type Workspace = Omit<Shape["WorkspaceView"], "call"> & { call: Call | null };
export type MyDay = Omit<Shape["MyDay"], "figures"> & { figures: Partial<Record<MyDayFigure, number>> };
export type MyDayFigure = "handled" | "talk_s" | "hold_s" | "wrap_up_s" | "aht_s" | "occupancy" | "ready_s" | "not_ready_s" | "missed";

export const RESULTS = [
  "answered", "abandoned", "short_abandon", "voicemail", "self_service", "no_answer", "busy", "failed", "refused",
] as const satisfies readonly Result[];
export type Result = Shape["Result"];
export type InteractionRow = Shape["InteractionRowView"];
export type Segment = Shape["SegmentView"];
export type SegmentKind = Segment["kind"];
export type RoutingDecision = Shape["RoutingDecision"];
export type Recording = Shape["RecordingView"];
export type Interaction = Shape["InteractionView"];
export type Peaks = Shape["Peaks"];
export type Voicemail = Shape["VoicemailView"];

export type ContactKind = ContactRow["kind"];
export type Identity = Shape["Identity"];
export type Consent = Shape["Consent"];
export type ContactRow = Shape["ContactRowView"];
export type Contact = Shape["ContactView"];
export type ContactField = Shape["FieldView"];
export type Note = Shape["Note"];
/** The contact's history does not know what the log's rows look like; the log does. */
export type TimelineEntry = Omit<Shape["TimelineEntry"], "interaction"> & { interaction: InteractionRow | null };
export type SearchHit = Shape["Hit"];

export type BoardQueue = Shape["QueueTile"];
export type BoardTrend = Shape["QueueTrend"];
export type BoardAgent = Shape["AgentTile"];
export type Board = Shape["BoardView"];

export type ApiToken = Shape["Token"];
export type MadeToken = Shape["TokenMade"];
export type AuditEntry = Shape["AuditEntry"];
export type FlowRow = Shape["Flow"];
export type FlowNode = Shape["GraphNode"];
export type FlowGraph = Shape["FlowGraph"];
export type FlowVersion = Shape["FlowVersion"];

/** What the forms of administration send. */
export type Wanted = {
  user: Shape["UserIn"]; team: Shape["TeamIn"]; skill: Shape["SkillIn"]; role: Shape["RoleIn"]; reason: Shape["ReasonIn"]; queue: Shape["QueueIn"];
  number: Shape["NumberIn"]; trunk: Shape["TrunkIn"]; calendar: Shape["CalendarIn"]; project: Shape["ProjectIn"]; disposition: Shape["DispositionIn"]; settings: Shape["SettingsChange"];
};
