import i18next from "i18next";
import english from "@/shared/i18n/locales/en/tables.json";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);

/** What is wrong with a line of a file, in the reader's words; the server's own sentence is the rest. */
export const ruleText = (rule: string, message: string): string => (i18next.exists(`invalid.${rule}`) && i18next.language !== "en" ? i18next.t(`invalid.${rule}` as "invalid.required") : message);
