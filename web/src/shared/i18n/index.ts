import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Locale } from "@/shared/api/types";
import en from "./locales/en";
// Not of the first bundle: these words come with the screens that need them, and the server tells refusals in English itself.
import type admin from "./locales/en/admin.json";
import type assistant from "./locales/en/assistant.json";
import type audit from "./locales/en/audit.json";
import type bots from "./locales/en/bots.json";
import type callbacks from "./locales/en/callbacks.json";
import type chat from "./locales/en/chat.json";
import type exchange from "./locales/en/exchange.json";
import type floor from "./locales/en/floor.json";
import type flows from "./locales/en/flows.json";
import type inbox from "./locales/en/inbox.json";
import type mail from "./locales/en/mail.json";
import type outbound from "./locales/en/outbound.json";
import type refusals from "./locales/en/refusals.json";
import type share from "./locales/en/share.json";
import type sound from "./locales/en/sound.json";
import type tables from "./locales/en/tables.json";
import type together from "./locales/en/together.json";
import type video from "./locales/en/video.json";
import type waiting from "./locales/en/waiting.json";
import type widgets from "./locales/en/widgets.json";

export const LOCALES: readonly Locale[] = ["en", "vi", "uk"];
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", vi: "Tiếng Việt", uk: "Українська" };
const KEY = "tongdai.locale";

/** English is in the first bundle (it is also the fallback); the others arrive when they are chosen. */
const LOADERS: Record<Locale, () => Promise<Record<string, string>>> = {
  en: () => Promise.resolve(en),
  vi: async () => (await import("./locales/vi")).default,
  uk: async () => (await import("./locales/uk")).default,
};

export function firstLocale(): Locale {
  const wanted = [localStorage.getItem(KEY), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return LOCALES.find((locale) => locale === wanted.find((tag) => LOCALES.includes(tag as Locale))) ?? "en";
}

export async function setLocale(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, "translation")) {
    i18next.addResourceBundle(locale, "translation", await LOADERS[locale]());
  }
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
  localStorage.setItem(KEY, locale);
}

export async function startI18n(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  await setLocale(firstLocale());
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    keySeparator: false;
    nsSeparator: false;
    resources: { translation: typeof en & typeof admin & typeof assistant & typeof audit & typeof bots & typeof callbacks & typeof chat & typeof exchange & typeof floor & typeof flows & typeof inbox & typeof mail & typeof outbound & typeof refusals & typeof share & typeof sound & typeof tables & typeof together & typeof video & typeof waiting & typeof widgets };
  }
}
