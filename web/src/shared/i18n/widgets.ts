import i18next from "i18next";
import english from "./locales/en/widgets.json";

// English is in the first bundle, which has no room for words of what few people set.
i18next.addResourceBundle("en", "translation", english, true, false);
