import i18next from "i18next";
import english from "./locales/en/chat.json";

// English is in the first bundle, which has no room for the words of conversations in writing: who needs them imports this.
i18next.addResourceBundle("en", "translation", english, true, false);
