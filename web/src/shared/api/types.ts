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
export type DoNotCallEntry = Shape["DoNotCallEntry"];
export type DoNotCallIn = Shape["DoNotCallIn"];
export type DoNotCallImported = Shape["Imported"];
export type IntentSet = Shape["IntentSet"];
export type IntentIn = Shape["IntentIn"];
export type IntentProblem = Shape["IntentProblem"];
export type IntentVersion = Shape["IntentVersion"];
export type IntentVersionDetail = Shape["IntentVersionDetail"];
export type IntentMeasures = Shape["IntentMeasures"];
export type IntentTried = Shape["Tried"];
export type AssistantState = Shape["AssistantView"];
export type AssistantTrial = Shape["AssistantTrial"];
export type Exchange = Shape["Exchange"];
export type ExchangeDetail = Shape["ExchangeDetail"];
export type DataTable = Shape["DataTable"];
export type DataColumn = Shape["DataColumn"];
export type DataRow = Shape["DataRow"];
export type DataImport = Shape["DataImport"];
export type CallerIds = Shape["CallerIds"];
export type SpeedDial = Shape["SpeedDialView"];
export type ParkedCall = Shape["ParkedView"];
export type LastDialled = Shape["LastDialled"];
export type TrunkState = Shape["TrunkStateView"];
export type DialLimits = Shape["DialLimitsView"];
export type Forwarding = Shape["ForwardingView"];

export type Direction = Assignment["direction"];
export type PhoneNumberValue = NonNullable<Assignment["number"]>;
export type Assignment = Shape["AssignmentView"];
export type Share = Shape["Share"];
export type Visit = Shape["Visit"];
export type Disposition = Shape["DispositionView"];
export type Call = Shape["CallView"];
export type Watch = Shape["WatchView"];
export type Party = Shape["PartyView"];
export type Destination = Shape["Destination"];
export type DestinationRow = Shape["DestinationView"];
export type Workspace = Omit<Shape["WorkspaceView"], "call"> & { call: Call | null };
export type MyDay = Omit<Shape["MyDay"], "figures"> & { figures: Partial<Record<MyDayFigure, number>> };
export type MyDayFigure = "handled" | "talk_s" | "hold_s" | "wrap_up_s" | "aht_s" | "occupancy" | "ready_s" | "not_ready_s" | "missed" | "internal" | "internal_s";

export const RESULTS = [
  "answered", "abandoned", "short_abandon", "voicemail", "self_service", "no_answer", "busy", "failed", "refused", "callback", "cancelled",
] as const satisfies readonly Result[];
export type Result = Shape["Result"];
export type InteractionRow = Shape["InteractionRowView"];
export type Segment = Shape["SegmentView"];
export type SegmentKind = Segment["kind"];
export type RoutingDecision = Shape["RoutingDecision"];
export type Recording = Shape["RecordingView"];
export type Interaction = Shape["InteractionView"];
export type Peaks = Shape["Peaks"];
export type Attachment = Shape["AttachmentView"];
export type Message = Shape["MessageView"];
export type Thread = Shape["ThreadView"];
export type ThreadBrief = Shape["ThreadBrief"];
export type Widget = Shape["Widget"];
export type WidgetSecret = Shape["SecretView"];
export type MadeSecret = Shape["SecretMade"];
export type Trials = Shape["Trials"];
export type Callback = Shape["CallbackView"];
export type CallbackFigures = Shape["CallbackFigures"];
export type Voicemail = Shape["VoicemailView"];
export type VoicemailBox = Shape["BoxView"];
export type VoicemailBoxWish = Shape["BoxOfIn"];

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
export type BoardAgentUpClose = Omit<Shape["AgentView"], "day"> & { day: MyDay };
export type Board = Shape["BoardView"];

export type Closable = Shape["Closable"];
export type BoardAlert = Shape["AlertView"];
export type BoardAlerts = Shape["AlertsView"];
export type AlertMeasure = Shape["Measure"];
export type QueueStaff = Shape["QueueStaff"];
export type Staffing = Shape["Staffing"];
export type Staffed = Shape["Staffed"];
export type Blending = Shape["Blending"];
export type BlendRule = Shape["BlendRule"];
export type BlendHeld = Shape["HeldRule"];
export type AgentBlend = Shape["AgentBlend"];

export type Conversation = Shape["ConversationView"];
export type Linked = Shape["Linked"];
export type Links = Shape["LinksView"];
export type ConversationChange = Shape["ChangeOfOne"];
export type ManyChanged = Shape["ManyChanged"];
export type InboxView = Shape["InboxView"];
export type InboxCounts = Shape["InboxCounts"];
export type Colleague = Shape["Colleague"];
export type Mentionable = Shape["Mentionable"];
export type ScheduledReply = Shape["ScheduledView"];
export type Reply = Shape["ReplyView"];
export type MailboxSignIn = Shape["SignInAt"];
export type MailRule = Shape["Rule"];
export type MailSorted = Shape["Sorted"];
export type SpamLetter = Shape["SpamView"];
export type Letters = Shape["LettersView"];
export type Letter = Shape["LetterView"];
export type ColleagueHere = Shape["ColleagueHere"];

export type ApiToken = Shape["Token"];
export type MadeToken = Shape["TokenMade"];
export type AuditEntry = Shape["AuditEntry"];
export type FlowRow = Shape["Flow"];
export type FlowNode = Shape["GraphNode"];
export type FlowGraph = Shape["FlowGraph"];
export type FlowOutcomes = Shape["FlowOutcomes"];
export type FlowVersion = Shape["FlowVersion"];

/** What the forms of administration send. */
export type Wanted = {
  user: Shape["UserIn"]; team: Shape["TeamIn"]; skill: Shape["SkillIn"]; role: Shape["RoleIn"]; reason: Shape["ReasonIn"]; queue: Shape["QueueIn"]; alertRule: Shape["AlertRuleIn"];
  number: Shape["NumberIn"]; ringGroup: Shape["GroupIn"]; conferenceRoom: Shape["RoomIn"]; trunk: Shape["TrunkIn"]; callingHours: Shape["CallingHoursIn"]; callerIds: Shape["CallerIdIn"]; recordingRule: Shape["RecordingRuleIn"]; calendar: Shape["CalendarIn"]; project: Shape["ProjectIn"]; dataTable: Shape["DataTableIn"]; intentSet: Shape["IntentSetIn"]; article: Shape["ArticleIn"]; assistant: Shape["AssistantChange"]; disposition: Shape["DispositionIn"]; contactField: Shape["FieldIn"]; settings: Shape["SettingsChange"]; widget: Shape["WidgetIn"]; mailbox: Shape["MailboxIn"]; signature: Shape["SignatureIn"]; cannedReply: Shape["CannedReplyIn"];
};
export type Prompt = Shape["Prompt"];
export type PromptRenamed = Shape["PromptRenamed"];
export type MusicPiece = Shape["MusicView"];
export type FlowSource = Shape["FlowSource"];
export type FlowProblem = Shape["ProblemOut"];
export type FlowSaved = Shape["FlowSaved"];
export type FlowText = Shape["FlowText"];
export type FlowTrial = Shape["TrialOut"];
export type FlowTestReport = Shape["TestReport"];
export type VerbCard = Shape["VerbOut"];
