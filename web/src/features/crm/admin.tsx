import { Say } from "@/shared/admin/Say";
import { list, resourceOf, type TKey } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import i18next from "i18next";

const KINDS = ["text", "number", "date", "choice"].map((value) => ({ value, label: `admin.contactFields.${value}` as TKey }));
const name = (row: Record<string, unknown>) => localized(row["label"], i18next.language);

export const contactFieldsResource = resourceOf<Wanted["contactField"]>({
  section: "contact-fields", path: "/contact-fields-admin", title: "admin.contactFields", lead: "admin.contactFields.lead", create: "admin.contactFields.new", empty: "admin.contactFields.empty", nameOf: (row, locale) => localized(row["label"], locale) || String(row["key"]),
  blank: { key: "", label: {}, kind: "text", options: [], position: 0, pauses_recording: false },
  fields: [
    { key: "label", label: "admin.field.name", kind: "localized", required: true },
    { key: "key", label: "admin.contactFields.key", hint: "admin.contactFields.keyHint", kind: "text", required: true, only: "new" },
    { key: "kind", label: "admin.contactFields.kind", kind: "choice", options: KINDS, required: true, only: "new" },
    { key: "options", label: "admin.contactFields.options", hint: "admin.contactFields.optionsHint", kind: "tags", when: (values) => values["kind"] === "choice" },
    { key: "position", label: "admin.contactFields.position", hint: "admin.contactFields.positionHint", kind: "number", min: 0, max: 10_000 },
    { key: "pauses_recording", label: "admin.contactFields.pauses", hint: "admin.contactFields.pausesHint", kind: "switch" },
  ],
  Sentence: ({ row }) => (
    <>
      <Say text={row["kind"] === "choice" ? "admin.contactFields.sayChoice" : "admin.contactFields.say"} values={{ name: name(row), key: String(row["key"]), options: list<string>(row["options"]).join(", ") }} />
      {Boolean(row["pauses_recording"]) && <> <Say text="admin.contactFields.sayPauses" values={{}} /></>}
    </>
  ),
});
