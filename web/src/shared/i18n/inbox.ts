import i18next from "i18next";
import "./chat";
import english from "./locales/en/inbox.json";

// English is in the first bundle, which has no room for the inbox's words: who needs them imports this.
i18next.addResourceBundle("en", "translation", english, true, false);
