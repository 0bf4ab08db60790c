import i18next from "i18next";
import "@/shared/i18n/mail";
import { Say } from "@/shared/admin/Say";
import { resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { Access } from "./components/Access";

const IMAP = { tls: 993, starttls: 143, none: 143 };
const SMTP = { tls: 465, starttls: 587, none: 25 };

export const mailboxesResource = resourceOf<Wanted["mailbox"]>({
  section: "mailboxes", path: "/mailboxes", title: "admin.mailboxes", lead: "admin.mailboxes.lead", create: "admin.mailboxes.new", empty: "admin.mailboxes.empty", nameOf: (row) => String(row["address"]), liveWarning: "admin.mailboxes.live",
  blank: { name: "", address: "", queue_id: "", project_id: null, imap: { host: "", port: 993, security: "tls" }, smtp: { host: "", port: 465, security: "tls" }, username: "", password: "", tagged: false },
  fields: [
    { key: "name", label: "admin.mailboxes.name", hint: "admin.mailboxes.nameHint", kind: "text", required: true },
    { key: "address", label: "admin.mailboxes.address", kind: "email", required: true },
    { key: "queue_id", label: "admin.mailboxes.queue", hint: "admin.mailboxes.queueHint", kind: "ref", refs: "/queues", required: true },
    { key: "project_id", label: "admin.mailboxes.project", kind: "ref", refs: "/projects" },
    { key: "imap", label: "admin.mailboxes.imap", kind: "custom", parts: true, section: "admin.mailboxes.servers", input: (props) => <Access {...props} usual={IMAP} /> },
    { key: "smtp", label: "admin.mailboxes.smtp", kind: "custom", parts: true, section: "admin.mailboxes.servers", input: (props) => <Access {...props} usual={SMTP} /> },
    { key: "username", label: "admin.mailboxes.username", kind: "text", required: true, section: "admin.mailboxes.servers" },
    { key: "password", label: "signIn.password", hint: "admin.mailboxes.passwordHint", kind: "password", section: "admin.mailboxes.servers" },
    { key: "tagged", label: "admin.mailboxes.tagged", hint: "admin.mailboxes.taggedHint", kind: "switch", section: "admin.mailboxes.servers" },
  ],
  Sentence: ({ row, names }) => {
    const state = row["has_password"] ? (row["state"] as "reading") : "no_password";
    return <Say text="admin.mailboxes.say" values={{ address: String(row["address"]), queue: names("/queues", row["queue_id"]) ?? "–", state: i18next.t(`mailbox.state.${state}`) }} />;
  },
});
