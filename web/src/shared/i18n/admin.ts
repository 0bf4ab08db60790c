import i18next from "i18next";
import english from "./locales/en/admin.json";

// English is in the first bundle, which has no room for the words of administration.
i18next.addResourceBundle("en", "translation", english, true, false);
