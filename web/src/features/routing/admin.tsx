import { Say } from "@/shared/admin/Say";
import { list, resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import "@/shared/i18n/chat";
import "@/shared/i18n/sound";
import { CallbackRules } from "./components/CallbackRules";
import { NobodyThere } from "./components/NobodyThere";
import { PromptField } from "./components/PromptField";
import { Requirements } from "./components/Requirements";
import { Rings } from "./components/Rings";
import "./components/words";

/** What is heard has no meaning where people write. */
const heard = (values: Record<string, unknown>): boolean => values["channel"] !== "webchat" && values["channel"] !== "email";
const STRATEGIES = ["longest_idle", "least_occupied", "round_robin", "fewest_contacts", "ring_all", "sequential"] as const;

export const queuesResource = resourceOf<Wanted["queue"]>({
  section: "queues", path: "/queues", title: "admin.queues", lead: "admin.queues.lead", create: "admin.queues.new", empty: "admin.queues.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.queues.live",
  blank: {
    name: "", channel: "voice", strategy: "longest_idle", member_ids: [], requirements: [], priority: 0, ageing: 0, offer_timeout_s: 20, missed_limit: 2, last_agent_s: 0, wrap_up_s: 30, auto_answer: false, target_s: 20, target_share: 0.8,
    short_abandon_s: 5, max_wait_s: null, max_waiting: null, nobody_after_s: null, announce_position_s: 0, announce_wait: false, music_id: null, overflow: [], wrap_up_max_s: 0, wrap_up_forced: false, wrap_up_then: "ready", recording: "always", announce_recording: false, recording_prompt: null,
    callbacks: { max_attempts: 3, retry_s: 900, calendar: null, first: "08:00", last: "21:00", international: false, customer_first: false },
  },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true },
    { key: "channel", label: "admin.queues.channel", hint: "admin.queues.channelHint", kind: "choice", required: true, only: "new", options: (["voice", "webchat", "email"] as const).map((one) => ({ value: one, label: `chat.channel.${one}` as const })) },
    { key: "member_ids", label: "admin.field.members", hint: "admin.queues.membersHint", kind: "refs", refs: "/users", section: "admin.queues.who" },
    { key: "requirements", label: "admin.queues.requirements", hint: "admin.queues.requirementsHint", kind: "custom", section: "admin.queues.who", input: (props) => <Requirements {...props} /> },
    { key: "strategy", label: "admin.queues.strategy", kind: "choice", required: true, section: "admin.queues.who", options: STRATEGIES.map((one) => ({ value: one, label: `strategy.${one}` as const })) },
    { key: "last_agent_s", label: "admin.queues.lastAgent", hint: "admin.queues.lastAgentHint", kind: "seconds", min: 0, section: "admin.queues.who" },
    { key: "overflow", label: "admin.queues.overflow", hint: "admin.queues.overflowHint", kind: "custom", section: "admin.queues.who", input: (props) => <Rings {...props} /> },
    { key: "target_s", label: "admin.queues.target", kind: "seconds", min: 1, required: true, section: "admin.queues.service" }, { key: "target_share", label: "admin.queues.targetShare", kind: "share", required: true, section: "admin.queues.service" },
    { key: "short_abandon_s", label: "admin.queues.shortAbandon", hint: "admin.queues.shortAbandonHint", kind: "seconds", min: 0, section: "admin.queues.service" },
    { key: "priority", label: "admin.queues.priority", kind: "number", min: 0, max: 10, section: "admin.queues.service" }, { key: "ageing", label: "admin.queues.ageing", hint: "admin.queues.ageingHint", kind: "number", min: 0, section: "admin.queues.service" },
    { key: "max_wait_s", label: "admin.queues.maxWait", hint: "admin.queues.maxWaitHint", kind: "seconds", min: 1, section: "admin.queues.service" }, { key: "max_waiting", label: "admin.queues.maxWaiting", kind: "number", min: 1, section: "admin.queues.service" },
    { key: "nobody_after_s", label: "admin.queues.nobodyThere", hint: "admin.queues.nobodyThereHint", kind: "custom", section: "admin.queues.service", input: (props) => <NobodyThere {...props} /> },
    { key: "announce_position_s", label: "admin.queues.announce", hint: "admin.queues.zeroNever", kind: "seconds", min: 0, when: heard, section: "admin.queues.service" },
    { key: "announce_wait", label: "admin.queues.announceWait", hint: "admin.queues.announceWaitHint", kind: "switch", when: heard, section: "admin.queues.service" },
    { key: "music_id", label: "admin.queues.music", hint: "admin.queues.musicHint", kind: "ref", refs: "/music", when: heard, section: "admin.queues.service" },
    { key: "offer_timeout_s", label: "admin.queues.offerTimeout", kind: "seconds", min: 3, required: true, section: "admin.queues.agents" }, { key: "missed_limit", label: "admin.queues.missedLimit", hint: "admin.queues.zeroNever", kind: "number", min: 0, section: "admin.queues.agents" },
    { key: "wrap_up_s", label: "admin.queues.wrapUp", kind: "seconds", min: 0, section: "admin.queues.agents" }, { key: "wrap_up_max_s", label: "admin.queues.wrapUpMax", hint: "admin.queues.zeroNoLimit", kind: "seconds", min: 0, section: "admin.queues.agents" },
    { key: "wrap_up_then", label: "admin.queues.wrapUpThen", kind: "choice", required: true, section: "admin.queues.agents", options: (["ready", "not_ready"] as const).map((one) => ({ value: one, label: `wrapUpThen.${one}` as const })) },
    { key: "wrap_up_forced", label: "admin.queues.wrapUpForced", hint: "admin.queues.wrapUpForcedHint", kind: "switch", section: "admin.queues.agents" }, { key: "auto_answer", label: "admin.queues.autoAnswer", hint: "admin.queues.autoAnswerHint", kind: "switch", section: "admin.queues.agents" },
    { key: "callbacks", label: "admin.queues.callbacks", kind: "custom", parts: true, when: heard, section: "admin.queues.callbacks", input: (props) => <CallbackRules {...props} /> },
    { key: "recording", label: "admin.queues.recording", kind: "choice", required: true, when: heard, section: "admin.queues.record", options: (["always", "on_demand", "never"] as const).map((one) => ({ value: one, label: `recording.${one}` as const })) }, { key: "announce_recording", label: "admin.queues.announceRecording", hint: "admin.queues.announceRecordingHint", kind: "switch", section: "admin.queues.record", when: (values) => heard(values) && values["recording"] !== "never" },
    { key: "recording_prompt", label: "admin.queues.recordingPrompt", hint: "admin.queues.recordingPromptHint", kind: "custom", section: "admin.queues.record", when: (values) => heard(values) && values["recording"] !== "never" && values["announce_recording"] === true, input: (props) => <PromptField {...props} /> },
  ],
  Sentence: ({ row }) => (
    <>
      <Say text="admin.queues.say" values={{ name: String(row["name"]), share: `${Math.round(Number(row["target_share"] ?? 0) * 100)} %`, seconds: String(row["target_s"]), members: list(row["member_ids"]).length }} />{" "}
      <span className="td-muted"><Say text={`strategy.${(STRATEGIES.find((one) => one === row["strategy"]) ?? "longest_idle")}`} values={{}} /></span>
    </>
  ),
});
