import i18next from "i18next";
import english from "./locales/en/video.json";

// English is in the first bundle, which has no room for words that are needed only with a customer at hand.
i18next.addResourceBundle("en", "translation", english, true, false);
