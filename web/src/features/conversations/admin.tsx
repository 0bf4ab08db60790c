import { Say } from "@/shared/admin/Say";
import { Texts } from "@/shared/admin/Texts";
import { resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import "@/shared/i18n/inbox";
import { localized } from "@/shared/format/localized";

const CLIP = 90;

export const repliesResource = resourceOf<Wanted["cannedReply"]>({
  section: "replies", path: "/canned-replies", title: "replies.title", lead: "replies.lead", create: "replies.add", empty: "replies.empty", nameOf: (row) => `/${String(row["code"])}`,
  blank: { code: "", body: {}, queue_id: null },
  fields: [
    { key: "code", label: "replies.code", hint: "replies.codeHint", kind: "text", required: true },
    { key: "body", label: "replies.text", hint: "replies.languages", kind: "custom", parts: true, input: (props) => <Texts {...props} required /> },
    { key: "queue_id", label: "calls.column.queue", hint: "replies.queueHint", kind: "ref", refs: "/queue-names" },
  ],
  Sentence: ({ row, names }) => {
    const text = localized(row["body"] as Record<string, string>, document.documentElement.lang);
    return (
      <>
        <Say text={row["queue_id"] ? "replies.sayQueue" : "replies.say"} values={{ code: `/${String(row["code"])}`, queue: names("/queue-names", row["queue_id"]) ?? "–" }} />{" "}
        <span className="td-muted">{text.length > CLIP ? `${text.slice(0, CLIP)}…` : text}</span>
      </>
    );
  },
});
