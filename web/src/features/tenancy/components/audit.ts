import i18next, { type TFunction } from "i18next";
import type { TKey } from "@/shared/admin/types";
import type { AuditEntry } from "@/shared/api/types";
import "@/shared/i18n/floor";
import "@/shared/i18n/mail";
import "@/shared/i18n/outbound";
import "@/shared/i18n/sound";
import "@/shared/i18n/widgets";
import english from "@/shared/i18n/locales/en/audit.json";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);

/** The kinds of things that something can be done to, by which the log is narrowed. */
export const KINDS: Record<string, TKey> = {
  user: "admin.users", team: "admin.teams", skill: "admin.skills", role: "admin.roles", reason: "admin.reasons", contact: "nav.contacts", company: "audit.kind.company", field: "audit.kind.field", interaction: "nav.calls", recording: "audit.kind.recording",
  number: "admin.numbers", flow: "admin.flows", data_table: "admin.tables", intent_set: "admin.intents", article: "admin.articles", assistant: "admin.assistant", queue: "admin.queues", closure_switch: "audit.kind.closureSwitch", alert_rule: "alert.rules", calendar: "admin.hours", prompt: "admin.prompts", music: "admin.music", disposition: "admin.dispositions", trunk: "admin.trunks", do_not_call: "dnc.title", calling_hours: "callHours.title", caller_id_rule: "callerIds.title", recording_rule: "recRules.title", widget: "admin.widgets", mailbox: "admin.mailboxes", signature: "signatures.title", project: "admin.projects", tenant: "admin.settings", token: "admin.tokens",
};
/** Where things are kept that have no page of their own. */
const SECTION: Record<string, string> = {
  user: "users", team: "teams", skill: "skills", role: "roles", reason: "reasons", number: "numbers", queue: "queues", alert_rule: "alerts", calendar: "hours", prompt: "prompts", music: "music", disposition: "dispositions", trunk: "trunks", do_not_call: "do-not-call", calling_hours: "calling-hours", caller_id_rule: "caller-ids", recording_rule: "recording-rules", widget: "widgets", mailbox: "mailboxes", article: "articles", assistant: "assistant", signature: "signatures", project: "projects", tenant: "settings", token: "tokens",
};

const word = (key: string): string | null => (i18next.exists(key) ? i18next.t(key as "audit.empty") : null);

/** "user.created" → "created the user"; what nobody has a word for is shown as it is (a test looks for those). */
export function deedText(t: TFunction, action: string): string {
  const own = word(`audit.did.${action}`);
  if (own) return own;
  const [kind = "", deed = ""] = action.split(".");
  const thing = word(`audit.thing.${kind}`);
  return thing && i18next.exists(`audit.deed.${deed}`) ? t(`audit.deed.${deed as "created"}`, { thing }) : action;
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : []);

/** What more the entry tells: the fields that were written (a new thing has them all, so that says nothing), a version, a state. */
export function moreOf(t: TFunction, entry: AuditEntry): string[] {
  const { fields, number, state, announced_to } = entry.details;
  if (entry.action === "presence.forced") return [word(`state.${String(state)}`) ?? String(state)];
  if (["flow", "intent_set"].includes(entry.subject_kind) && typeof number === "number") return [t("flow.version", { number })];
  if (announced_to) return [word(`audit.announced.${String(announced_to)}`) ?? String(announced_to)];
  return entry.action.endsWith(".created") ? [] : strings(fields).map((field) => word(`audit.field.${field}`) ?? field);
}

/** The page that shows the thing, if there is one. */
export function pathOf(entry: AuditEntry): string | null {
  if (entry.interaction_id) return `/calls/${entry.interaction_id}`;
  if (entry.subject_kind === "contact" && entry.subject_name) return `/contacts/${entry.subject_id ?? ""}`;
  if (entry.subject_kind === "flow") return `/admin/flows/${entry.subject_id ?? ""}`;
  if (entry.subject_kind === "data_table") return `/admin/tables/${entry.subject_id ?? ""}`;
  if (entry.subject_kind === "intent_set") return `/admin/intents/${entry.subject_id ?? ""}`;
  const section = SECTION[entry.subject_kind];
  return section ? `/admin/${section}` : null;
}

/** A rule for alerts has no name but what it measures. */
export const measureWord = (measure: unknown): string => word(`alert.measure.${String(measure)}`) ?? "";
