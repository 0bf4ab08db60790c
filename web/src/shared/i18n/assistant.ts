import i18next from "i18next";
import english from "./locales/en/assistant.json";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);
