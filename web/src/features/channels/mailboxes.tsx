import i18next from "i18next";
import "@/shared/i18n/mail";
import { Say } from "@/shared/admin/Say";
import { Texts } from "@/shared/admin/Texts";
import { resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { Access } from "./components/Access";
import { OAuthApp } from "./components/OAuthApp";
import { RulesEditor } from "./components/RulesEditor";

const IMAP = { tls: 993, starttls: 143, none: 143 };
const SMTP = { tls: 465, starttls: 587, none: 25 };

const atProvider = (values: Record<string, unknown>): boolean => values["sign_in"] === "oauth";

export const mailboxesResource = resourceOf<Wanted["mailbox"]>({
  section: "mailboxes", path: "/mailboxes", title: "admin.mailboxes", lead: "admin.mailboxes.lead", create: "admin.mailboxes.new", empty: "admin.mailboxes.empty", nameOf: (row) => String(row["address"]), liveWarning: "admin.mailboxes.live",
  blank: { name: "", address: "", queue_id: "", flow_id: null, project_id: null, imap: { host: "", port: 993, security: "tls" }, smtp: { host: "", port: 465, security: "tls" }, username: "", sign_in: "password", password: "", oauth: null, client_secret: "", acknowledgement: {}, rules: [], tagged: false },
  fields: [
    { key: "name", label: "admin.mailboxes.name", hint: "admin.mailboxes.nameHint", kind: "text", required: true },
    { key: "address", label: "admin.mailboxes.address", kind: "email", required: true },
    { key: "queue_id", label: "admin.mailboxes.queue", hint: "admin.mailboxes.queueHint", kind: "ref", refs: "/queues", required: true },
    { key: "flow_id", label: "mailbox.flow", hint: "mailbox.flowHint", kind: "ref", refs: "/flows" },
    { key: "project_id", label: "admin.mailboxes.project", kind: "ref", refs: "/projects" },
    { key: "imap", label: "admin.mailboxes.imap", kind: "custom", parts: true, section: "admin.mailboxes.servers", input: (props) => <Access {...props} usual={IMAP} /> },
    { key: "smtp", label: "admin.mailboxes.smtp", kind: "custom", parts: true, section: "admin.mailboxes.servers", input: (props) => <Access {...props} usual={SMTP} /> },
    { key: "username", label: "admin.mailboxes.username", kind: "text", required: true, section: "admin.mailboxes.servers" },
    { key: "sign_in", label: "mailbox.how", kind: "choice", options: [{ value: "password", label: "mailbox.how.password" }, { value: "oauth", label: "mailbox.how.oauth" }], section: "admin.mailboxes.servers" },
    { key: "password", label: "signIn.password", hint: "admin.mailboxes.passwordHint", kind: "password", section: "admin.mailboxes.servers", when: (values) => !atProvider(values) },
    { key: "oauth", label: "mailbox.oauth", kind: "custom", parts: true, required: true, section: "admin.mailboxes.servers", when: atProvider, input: (props) => <OAuthApp {...props} /> },
    { key: "client_secret", label: "mailbox.oauth.secret", hint: "mailbox.oauth.secretHint", kind: "password", section: "admin.mailboxes.servers", when: atProvider },
    { key: "tagged", label: "admin.mailboxes.tagged", hint: "admin.mailboxes.taggedHint", kind: "switch", section: "admin.mailboxes.servers" },
    { key: "acknowledgement", label: "mailbox.acknowledgement", hint: "mailbox.acknowledgementHint", kind: "custom", parts: true, section: "mailbox.sorting", input: (props) => <Texts {...props} /> },
    { key: "rules", label: "rules.title", hint: "rules.hint", kind: "custom", parts: true, section: "mailbox.sorting", input: (props) => <RulesEditor {...props} /> },
  ],
  Sentence: ({ row, names }) => {
    const able = atProvider(row) ? row["signed_in"] : row["has_password"];
    const state = able ? (row["state"] as "reading") : atProvider(row) ? "sign_again" : "no_password";
    const flow = names("/flows", row["flow_id"]);
    const values = { address: String(row["address"]), queue: names("/queues", row["queue_id"]) ?? "–", state: i18next.t(`mailbox.state.${state}`) };
    return flow ? <Say text="mailbox.sayFlow" values={{ ...values, flow }} /> : <Say text="admin.mailboxes.say" values={values} />;
  },
});
