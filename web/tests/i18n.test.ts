import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import firstEnglish from "@/shared/i18n/locales/en";
import admin from "@/shared/i18n/locales/en/admin.json";
import assistant from "@/shared/i18n/locales/en/assistant.json";
import audit from "@/shared/i18n/locales/en/audit.json";
import bots from "@/shared/i18n/locales/en/bots.json";
import callbacks from "@/shared/i18n/locales/en/callbacks.json";
import chat from "@/shared/i18n/locales/en/chat.json";
import exchange from "@/shared/i18n/locales/en/exchange.json";
import floor from "@/shared/i18n/locales/en/floor.json";
import flows from "@/shared/i18n/locales/en/flows.json";
import inbox from "@/shared/i18n/locales/en/inbox.json";
import mail from "@/shared/i18n/locales/en/mail.json";
import outbound from "@/shared/i18n/locales/en/outbound.json";
import refusals from "@/shared/i18n/locales/en/refusals.json";
import share from "@/shared/i18n/locales/en/share.json";
import sound from "@/shared/i18n/locales/en/sound.json";
import tables from "@/shared/i18n/locales/en/tables.json";
import together from "@/shared/i18n/locales/en/together.json";
import video from "@/shared/i18n/locales/en/video.json";
import waiting from "@/shared/i18n/locales/en/waiting.json";
import widgets from "@/shared/i18n/locales/en/widgets.json";
import uk from "@/shared/i18n/locales/uk";
import vi from "@/shared/i18n/locales/vi";

/** All of English; the first bundle has only a part of it. */
const en = { ...firstEnglish, ...admin, ...assistant, ...audit, ...bots, ...callbacks, ...chat, ...exchange, ...floor, ...flows, ...inbox, ...mail, ...outbound, ...refusals, ...share, ...sound, ...tables, ...together, ...video, ...waiting, ...widgets };
const PLURAL = /_(zero|one|two|few|many|other)$/;
const base = (key: string): string => key.replace(PLURAL, "");
const keysOf = (catalogue: Record<string, string>): Set<string> => new Set(Object.keys(catalogue).map(base));
const catalogues: Record<string, Record<string, string>> = { en, vi, uk };

/** Words that are the same in both languages on purpose; everything else equal to English is a forgotten translation. */
const SAME: Record<string, string[]> = {
  vi: ["offer.tab", "chat.tab", "signIn.email", "contact.email", "admin.projects.say", "audit.say"],
  uk: ["offer.tab", "chat.tab", "admin.projects.say", "audit.say"],
};
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([name]) => name).sort();

describe.each(["vi", "uk"])("catalogue %s", (locale) => {
  const own = catalogues[locale] ?? {};
  it("has exactly the keys of English", () => {
    expect([...keysOf(own)].sort()).toEqual([...keysOf(en)].sort());
  });
  it("has no value equal to the English one that is not allow-listed", () => {
    const english: Record<string, string> = en;
    const forgotten = Object.entries(own).filter(([key, text]) => english[key] === text && !SAME[locale]?.includes(key));
    expect(forgotten).toEqual([]);
  });
  it("keeps every placeholder", () => {
    for (const [key, text] of Object.entries(own)) {
      const english = (en as Record<string, string>)[key] ?? (en as Record<string, string>)[`${base(key)}_other`];
      expect([key, placeholders(text)]).toEqual([key, placeholders(english ?? "")]);
    }
  });
  it("has the plural forms that the language needs", () => {
    const counted = Object.keys(en).filter((key) => key.endsWith("_other")).map(base);
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    expect(counted.length).toBeGreaterThan(3);
    for (const key of counted) for (const form of forms) expect(Object.keys(own)).toContain(`${key}_${form}`);
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

it("uses only keys that exist, and no key is unused", () => {
  const code = sources("src").join("\n");
  const known = keysOf(en);
  const used = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key]) => key ?? "");
  expect(used.filter((key) => !known.has(key))).toEqual([]);
  // A key may be composed: `state.${state}` keeps everything that begins with "state.".
  const composed = [...code.matchAll(/`([a-zA-Z]+(?:\.[a-zA-Z]+)*\.)\$\{/g)].map(([, prefix]) => prefix ?? "");
  const unused = [...known].filter((key) => !code.includes(`"${key}"`) && !composed.some((prefix) => key.startsWith(prefix)));
  expect(unused).toEqual([]);
});
