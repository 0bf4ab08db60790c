import type { IntentIn, IntentSet, Locale } from "@/shared/api/types";
import { LOCALES } from "@/shared/i18n";

/** Examples as they are typed: a text for each language, one sentence a line. */
export type Texts = Record<Locale, string>;
export interface DraftIntent { name: string; title: string; texts: Texts }
export interface Draft { intents: DraftIntent[]; none: Texts }
type Examples = IntentSet["none"];

const MOST = 300;
const lines = (text: string): string[] => text.split("\n").map((line) => line.trim().slice(0, MOST)).filter((line) => /[\p{L}\p{N}]/u.test(line));
const typed = (examples: Examples): Texts => Object.fromEntries(LOCALES.map((locale) => [locale, (examples[locale] ?? []).join("\n")])) as Texts;
const kept = (texts: Texts): Examples => Object.fromEntries(LOCALES.map((locale) => [locale, lines(texts[locale])] as const).filter(([, some]) => some.length > 0));

export const draftOf = (set: { intents: IntentIn[]; none: Examples }): Draft => ({ intents: set.intents.map((one) => ({ name: one.name, title: one.title ?? "", texts: typed(one.examples ?? {}) })), none: typed(set.none) });
export const bodyOf = (draft: Draft): { intents: IntentIn[]; none: Examples } => ({ intents: draft.intents.map((one) => ({ name: one.name, title: one.title.trim(), examples: kept(one.texts) })), none: kept(draft.none) });
export const countOf = (texts: Texts): number => LOCALES.reduce((sum, locale) => sum + lines(texts[locale]).length, 0);

/** A name that no intent has yet. */
export function freeName(draft: Draft): string {
  const taken = new Set(draft.intents.map((one) => one.name));
  let number = draft.intents.length + 1;
  while (taken.has(`intent_${number}`)) number += 1;
  return `intent_${number}`;
}
