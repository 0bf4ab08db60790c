import i18next from "i18next";
import english from "./locales/en/exchange.json";

// English is in the first bundle, which has no room for the words of forwarding and groups: who needs them imports this.
i18next.addResourceBundle("en", "translation", english, true, false);
