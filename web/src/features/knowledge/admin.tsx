import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { Say } from "@/shared/admin/Say";
import { resourceOf, type Row } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import english from "@/shared/i18n/locales/en/bots.json";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);

const CLIP = 90;

function Sentence({ row }: { row: Row }) {
  const { t } = useTranslation();
  const body = String(row["body"]);
  const state = row["public"] ? (row["read"] ? null : t("articles.notRead")) : t("articles.hidden");
  return <><Say text="articles.say" values={{ title: String(row["title"]) }} /> <span className="td-muted">{String(row["language"])}{state ? ` · ${state}` : ""} · {body.length > CLIP ? `${body.slice(0, CLIP)}…` : body}</span></>;
}

export const articlesResource = resourceOf<Wanted["article"]>({
  section: "articles", path: "/articles", title: "admin.articles", lead: "articles.lead", create: "articles.new", empty: "articles.empty", nameOf: (row) => String(row["title"]),
  blank: { title: "", body: "", language: "en", link: "", public: true, project_id: null },
  fields: [
    { key: "title", label: "articles.title", hint: "articles.titleHint", kind: "text", required: true },
    { key: "body", label: "articles.body", hint: "articles.bodyHint", kind: "long", required: true },
    { key: "language", label: "articles.language", kind: "choice", options: LOCALES.map((value) => ({ value, label: { text: LOCALE_NAMES[value] } })) },
    { key: "link", label: "articles.link", hint: "articles.linkHint", kind: "text" },
    { key: "public", label: "articles.public", kind: "switch" },
    { key: "project_id", label: "articles.project", kind: "ref", refs: "/projects" },
  ],
  Sentence,
});
