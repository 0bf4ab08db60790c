import "@/shared/i18n/widgets";
import { Say } from "@/shared/admin/Say";
import { list, resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import i18next from "i18next";
import { Look } from "./components/Look";
import { OfflineRules } from "./components/OfflineRules";
import { Origins } from "./components/Origins";
import { PreChat } from "./components/PreChat";
import { Proving } from "./components/Proving";
import { Triggers } from "./components/Triggers";

const site = (origin: string): string => origin.replace(/^https?:\/\//, "");

export const widgetsResource = resourceOf<Wanted["widget"]>({
  section: "widgets", path: "/widgets", title: "admin.widgets", lead: "admin.widgets.lead", create: "admin.widgets.new", empty: "admin.widgets.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.widgets.live",
  blank: { name: "", flow_id: "", project_id: null, origins: [], look: { title: {}, greeting: {}, colour: "#0b6bcb", side: "right" }, pre_chat: [], identity: "off", takes_hashes: false, mailbox_id: null, offline: null, triggers: [] },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true },
    { key: "flow_id", label: "admin.widgets.flow", hint: "admin.widgets.flowHint", kind: "ref", refs: "/flows", required: true },
    { key: "project_id", label: "admin.widgets.project", kind: "ref", refs: "/projects" },
    { key: "origins", label: "admin.widgets.origins", hint: "admin.widgets.originsHint", kind: "custom", parts: true, input: (props) => <Origins {...props} /> },
    { key: "look", label: "admin.widgets.look", kind: "custom", parts: true, section: "admin.widgets.look", input: (props) => <Look {...props} /> },
    { key: "pre_chat", label: "admin.widgets.preChat", hint: "admin.widgets.preChatHint", kind: "custom", input: (props) => <PreChat {...props} /> },
    { key: "triggers", label: "triggers.label", hint: "triggers.hint", kind: "custom", parts: true, section: "triggers", input: (props) => <Triggers {...props} /> },
    { key: "mailbox_id", label: "admin.widgets.mailbox", hint: "admin.widgets.mailboxHint", kind: "ref", refs: "/mailboxes", section: "admin.widgets.away" },
    { key: "offline", label: "admin.widgets.offline", hint: "admin.widgets.offlineHint", kind: "custom", parts: true, section: "admin.widgets.away", input: (props) => <OfflineRules {...props} /> },
    { key: "identity", label: "admin.widgets.identityWho", hint: "admin.widgets.identityHint", kind: "custom", section: "admin.widgets.identity", input: (props) => <Proving {...props} /> },
    { key: "takes_hashes", label: "admin.widgets.takesHashes", hint: "admin.widgets.takesHashesHint", kind: "switch", when: (values) => values["identity"] !== "off" },
  ],
  Sentence: ({ row, names }) => {
    const sites = list<string>(row["origins"]).map(site);
    return <Say text="admin.widgets.say" values={{ name: String(row["name"]), flow: names("/flows", row["flow_id"]) ?? "–", sites: sites.length > 0 ? sites.join(", ") : i18next.t("admin.widgets.anySite") }} />;
  },
});
