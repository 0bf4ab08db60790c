import type { TFunction } from "i18next";
import type { AuditEntry } from "@/shared/api/types";

/** What can happen to things; an action is told as `<thing>.<deed>`. */
const DEEDS = ["created", "changed", "archived", "restored", "removed"] as const;
/** Deeds that need a sentence of their own. */
const OWN = [
  "contact.erased", "contact.exported", "contact.merged", "contact.unmerged", "interaction.notes_corrected", "phone.limits_set", "phone.password_renewed", "presence.forced", "recording.erased", "recording.listened", "recording.paused", "recording.resumed",
  "session.ended", "token.revoked", "user.password_set", "user.unlocked",
] as const;
const THINGS = [
  "user", "team", "skill", "role", "reason", "queue", "number", "trunk", "calendar", "project", "settings", "disposition", "flow", "prompt", "contact", "company", "field", "phone", "token", "tenant", "interaction", "recording", "session",
] as const;
/** Where the names of things can be looked up. */
export const NAMED: Record<string, string> = {
  user: "/users", team: "/teams", skill: "/skills", role: "/roles", queue: "/queues", calendar: "/calendars", project: "/projects", trunk: "/trunks", reason: "/reasons", disposition: "/dispositions-admin",
};

const known = <Word extends string>(words: readonly Word[], word: string): Word | undefined => words.find((one) => one === word);

/** "user.created" → "created the user"; what nobody has a word for is shown as it is. */
export function deedText(t: TFunction, action: string): string {
  const own = known(OWN, action);
  if (own) return t(`audit.did.${own}`);
  const [thing = "", deed = ""] = action.split(".");
  const knownThing = known(THINGS, thing);
  const knownDeed = known(DEEDS, deed);
  return knownThing && knownDeed ? t(`audit.deed.${knownDeed}`, { thing: t(`audit.thing.${knownThing}`) }) : action;
}

/** The fields that were written, where the entry tells them. */
export function fieldsOf(entry: AuditEntry): string[] {
  const fields = entry.details["fields"];
  return Array.isArray(fields) ? fields.filter((one): one is string => typeof one === "string") : [];
}
