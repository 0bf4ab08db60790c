import "./words";
import { IconBulb } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LinkedRows } from "@/shared/admin/LinkedRows";
import { Say } from "@/shared/admin/Say";
import { list, resourceOf, type Row } from "@/shared/admin/types";
import type { IntentIn, Wanted } from "@/shared/api/types";
import { PATH } from "./api";
import { IntentSetView } from "./IntentSetView";

const resource = resourceOf<Wanted["intentSet"]>({
  section: "intents", path: PATH, title: "admin.intents", lead: "intents.lead", create: "intents.new", empty: "intents.empty", nameOf: (row) => String(row["name"]), liveWarning: "intents.live",
  blank: { name: "", project_id: null },
  fields: [
    { key: "name", label: "admin.field.name", hint: "intents.nameHint", kind: "text", required: true },
    { key: "project_id", label: "admin.scope.project", kind: "ref", refs: "/projects" },
  ],
  Sentence: () => null,
});

function Sentence({ row }: { row: Row }) {
  const { t } = useTranslation();
  const names = list<IntentIn>(row["intents"]).map((one) => one.title || one.name);
  const published = row["published_number"];
  return <Say text="intents.say" values={{ name: String(row["name"]), intents: names.join(", ") || "–", published: published ? t("intents.version", { number: Number(published) }) : t("intents.unpublished") }} />;
}

/** What customers want, as flows understand it; one set of it with its examples and what was measured. */
export function Intents({ itemId }: { itemId?: string }) {
  return itemId ? <IntentSetView key={itemId} setId={itemId} /> : <LinkedRows resource={resource} icon={IconBulb} edit="intents.edit" emptyText="intents.emptyText" Sentence={Sentence} />;
}
