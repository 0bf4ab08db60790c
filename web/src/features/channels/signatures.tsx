import "@/shared/i18n/mail";
import { Say } from "@/shared/admin/Say";
import { Texts } from "@/shared/admin/Texts";
import { resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";

const CLIP = 90;
const OF = [["team_id", "/teams"], ["queue_id", "/queues"], ["mailbox_id", "/mailboxes"]] as const;

export const signaturesResource = resourceOf<Wanted["signature"]>({
  section: "signatures", path: "/signatures", title: "signatures.title", lead: "signatures.lead", create: "signatures.new", empty: "signatures.empty", nameOf: (row) => String(row["name"]),
  blank: { name: "", body: {}, team_id: null, queue_id: null, mailbox_id: null },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true },
    { key: "body", label: "signatures.text", hint: "signatures.textHint", kind: "custom", parts: true, input: (props) => <Texts {...props} required /> },
    { key: "team_id", label: "signatures.team", kind: "ref", refs: "/teams", section: "signatures.whose" },
    { key: "queue_id", label: "admin.mailboxes.queue", kind: "ref", refs: "/queues", section: "signatures.whose" },
    { key: "mailbox_id", label: "signatures.mailbox", kind: "ref", refs: "/mailboxes", section: "signatures.whose" },
  ],
  Sentence: ({ row, names }) => {
    const text = localized(row["body"] as Record<string, string>, document.documentElement.lang).replaceAll("\n", " · ");
    const of = OF.map(([key, path]) => names(path, row[key])).filter(Boolean).join(" · ");
    return (
      <>
        <Say text={of ? "signatures.say" : "signatures.sayAll"} values={{ name: String(row["name"]), of }} />{" "}
        <span className="td-muted">{text.length > CLIP ? `${text.slice(0, CLIP)}…` : text}</span>
      </>
    );
  },
});
