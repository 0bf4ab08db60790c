import type { Config, Language } from "../types.ts";
import { en, type Words } from "./en.ts";
import { uk } from "./uk.ts";
import { vi } from "./vi.ts";

export const CATALOGUES: Record<Language, Words> = { en, vi, uk };

const isLanguage = (text: string): text is Language => text in CATALOGUES;

/** What the site asks for, else the first of the browser's languages that there are words of. */
export function languageOf(asked: string | null, browser: readonly string[]): Language {
  for (const one of [asked ?? "", ...browser]) {
    const short = one.slice(0, 2).toLowerCase();
    if (isLanguage(short)) return short;
  }
  return "en";
}

/** A text that an administrator wrote, in this language or the next best. */
export function written(texts: Config["look"]["title"], language: Language): string {
  return texts[language] || texts.en || Object.values(texts).find(Boolean) || "";
}

/** Puts values into the places of a text: `{name}`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
