import i18next from "i18next";
import english from "@/shared/i18n/locales/en/waiting.json";

// English is in the first bundle, which has no room for words of what few people set.
i18next.addResourceBundle("en", "translation", english, true, false);
