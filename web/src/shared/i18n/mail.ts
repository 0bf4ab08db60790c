import i18next from "i18next";
import english from "./locales/en/mail.json";

// English is in the first bundle, which has no room for words of mails.
i18next.addResourceBundle("en", "translation", english, true, false);
