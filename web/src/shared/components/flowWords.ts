import type { TFunction } from "i18next";
import "@/shared/i18n/admin";

const VERBS = [
  "answer", "say", "menu", "voice_command", "intent", "check_mood", "gather", "branch", "hours", "queue", "queue_status", "callback", "hang_up", "http", "look_up_caller", "look_up_table", "look_up_article", "send_email", "check_pin", "recording", "set", "sub_flow", "return", "directory", "transfer", "invite", "voicemail", "split", "loop", "language", "set_routing", "play_position", "emergency_switch",
] as const;
const EXITS = [
  "done", "again", "declined", "callback", "failed", "timeout", "no_input", "invalid", "no_match", "out_of_scope", "unavailable", "understood", "calm", "angry", "open", "closed", "holiday", "known", "unknown", "found", "not_found", "helped", "not_helped", "nothing_found", "not_sent", "no_address", "verified", "locked", "wrong", "several", "else", "empty", "left", "overflow", "no_agents", "staffed", "unstaffed", "answered", "busy", "no_answer", "refused", "error",
] as const;

/** What a step of a flow does, in the reader's words; a verb that a newer server brings is shown as it is. */
export function verbText(t: TFunction, verb: string): string {
  const known = VERBS.find((one) => one === verb);
  return known ? t(`verb.${known}`) : verb;
}

/** How a step was left. Names that the flow's author chose (a menu's entries) stay theirs. */
export function exitText(t: TFunction, exit: string): string {
  const known = EXITS.find((one) => one === exit);
  return known ? t(`exit.${known}`) : exit;
}
