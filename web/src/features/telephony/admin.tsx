import { useTranslation } from "react-i18next";
import "@/shared/i18n/exchange";
import { Say } from "@/shared/admin/Say";
import { list, type Names, resourceOf, type Row } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { WeekEditor } from "@/shared/admin/week/WeekEditor";
import { alwaysOpen, type Week, weekText } from "@/shared/admin/week/week";
import { RatesInput } from "./components/RatesInput";
import { RoomPin } from "./components/RoomPin";
import { TrunkState } from "./components/TrunkState";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import "@/shared/i18n/outbound";

export const numbersResource = resourceOf<Wanted["number"]>({
  section: "numbers", path: "/numbers", title: "admin.numbers", lead: "admin.numbers.lead", create: "admin.numbers.new", empty: "admin.numbers.empty", blank: { number: "", label: "", flow_id: null, trunk_id: null }, nameOf: (row) => String(row["number"]), liveWarning: "admin.numbers.live",
  fields: [
    { key: "number", label: "admin.numbers.number", hint: "admin.numbers.numberHint", kind: "text", required: true }, { key: "label", label: "admin.numbers.label", kind: "text" },
    { key: "flow_id", label: "admin.numbers.flow", kind: "ref", refs: "/flows" }, { key: "trunk_id", label: "admin.numbers.trunk", hint: "admin.numbers.trunkHint", kind: "ref", refs: "/trunks" },
  ],
  Sentence: ({ row, names }) => {
    const number = <PhoneNumber value={String(row["number"])} actions={false} />;
    const flow = names("/flows", row["flow_id"]);
    const label = row["label"] && row["label"] !== flow ? <span className="td-muted"> · {String(row["label"])}</span> : null;
    return <>{row["flow_id"] ? <Say text="admin.numbers.say" values={{ number, flow }} /> : <Say text="admin.numbers.sayNowhere" values={{ number }} />}{label}</>;
  },
});
export const ringGroupsResource = resourceOf<Wanted["ringGroup"]>({
  section: "groups", path: "/ring-groups", title: "admin.groups", lead: "admin.groups.lead", create: "admin.groups.new", empty: "admin.groups.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.groups.live",
  blank: { name: "", extension: "", hunt: "all", member_ids: [], ring_s: 20, otherwise: "" },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "extension", label: "admin.field.extension", kind: "text", required: true },
    { key: "member_ids", label: "admin.field.members", hint: "admin.groups.membersHint", kind: "refs", refs: "/users" },
    { key: "hunt", label: "admin.groups.hunt", kind: "choice", required: true, options: (["all", "in_turn", "longest_idle", "round_robin"] as const).map((one) => ({ value: one, label: `hunt.${one}` as const })) },
    { key: "ring_s", label: "admin.groups.ring", kind: "number", min: 5 }, { key: "otherwise", label: "admin.groups.otherwise", hint: "admin.groups.otherwiseHint", kind: "text" },
  ],
  Sentence: ({ row, names }) => <Say text="admin.groups.say" values={{ extension: String(row["extension"]), name: String(row["name"]), members: list<string>(row["member_ids"]).map((id) => names("/users", id)).join(", ") }} />,
});
export const roomsResource = resourceOf<Wanted["conferenceRoom"]>({
  section: "rooms", path: "/conference-rooms", title: "admin.rooms", lead: "admin.rooms.lead", create: "admin.rooms.new", empty: "admin.rooms.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.rooms.live",
  blank: { name: "", extension: "", pin: null, max_members: 20, tone: true },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "extension", label: "admin.field.extension", kind: "text", required: true },
    { key: "pin", label: "admin.rooms.pin", hint: "admin.rooms.pinHint", kind: "custom", input: (props) => <RoomPin {...props} /> },
    { key: "max_members", label: "admin.rooms.most", kind: "number", min: 2, max: 100 }, { key: "tone", label: "admin.rooms.tone", kind: "switch" },
  ],
  Sentence: ({ row }) => <Say text={row["has_pin"] ? "admin.rooms.say" : "admin.rooms.sayOpen"} values={{ extension: String(row["extension"]), name: String(row["name"]), most: String(row["max_members"]) }} />,
});
export const trunksResource = resourceOf<Wanted["trunk"]>({
  section: "trunks", path: "/trunks", title: "admin.trunks", lead: "admin.trunks.lead", create: "admin.trunks.new", empty: "admin.trunks.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.trunks.live",
  blank: { name: "", username: "", password: "", host: null, transport: "udp", registers_out: false, match: [], codecs: ["alaw", "ulaw"], order: 0, caller_id: null, max_calls: 100, max_spend: null, price_per_minute: 0, prefixes: [], rates: [], number_format: "e164", srtp: false },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true },
    { key: "host", label: "admin.trunks.host", hint: "admin.trunks.hostHint", kind: "text", section: "admin.trunks.connection" }, { key: "transport", label: "admin.trunks.transport", kind: "choice", required: true, section: "admin.trunks.connection", options: ["udp", "tcp", "tls"].map((one) => ({ value: one, label: { text: one.toUpperCase() } })) },
    { key: "srtp", label: "lines.srtp", hint: "lines.srtpHint", kind: "switch", section: "admin.trunks.connection", when: (values) => values["transport"] === "tls" },
    { key: "username", label: "admin.trunks.username", kind: "text", section: "admin.trunks.connection" }, { key: "password", label: "signIn.password", hint: "admin.trunks.passwordHint", kind: "password", section: "admin.trunks.connection" },
    { key: "registers_out", label: "admin.trunks.registers", kind: "switch", section: "admin.trunks.connection" }, { key: "match", label: "admin.trunks.match", hint: "admin.trunks.matchHint", kind: "tags", section: "admin.trunks.connection" },
    { key: "codecs", label: "admin.trunks.codecs", kind: "choices", section: "admin.trunks.connection", options: ["alaw", "ulaw", "g722", "opus"].map((one) => ({ value: one, label: { text: one } })) },
    { key: "order", label: "admin.trunks.order", hint: "admin.trunks.orderHint", kind: "number", min: 0, section: "admin.trunks.outbound" }, { key: "caller_id", label: "admin.trunks.callerId", kind: "text", section: "admin.trunks.outbound" },
    { key: "prefixes", label: "lines.prefixes", hint: "lines.prefixesHint", kind: "tags", section: "admin.trunks.outbound" },
    { key: "rates", label: "lines.rates", hint: "lines.ratesHint", kind: "custom", section: "admin.trunks.outbound", input: (props) => <RatesInput {...props} /> },
    { key: "number_format", label: "lines.format", kind: "choice", required: true, section: "admin.trunks.outbound", options: ([["e164", "+84912345678"], ["digits", "84912345678"], ["national", "0912345678"]] as const).map(([value, text]) => ({ value, label: { text } })) },
    { key: "max_calls", label: "admin.trunks.maxCalls", kind: "number", min: 1, section: "admin.trunks.outbound" }, { key: "max_spend", label: "admin.trunks.maxSpend", kind: "number", min: 0, section: "admin.trunks.outbound" },
  ],
  Sentence: ({ row }) => (
    <>
      <Say text={row["host"] ? "admin.trunks.say" : "admin.trunks.sayRegistered"} values={{ name: String(row["name"]), host: String(row["host"] ?? ""), transport: String(row["transport"] ?? "").toUpperCase(), calls: String(row["max_calls"]) }} />
      <span className="td-muted"> {list<string>(row["codecs"]).join(", ")} <TrunkState id={row.id} signsIn={!row["host"]} /></span>
    </>
  ),
});

const daytime: [string, string][] = [["08:00", "21:00"]];
export const callingHoursResource = resourceOf<Wanted["callingHours"]>({
  section: "calling-hours", path: "/calling-hours", title: "callHours.title", lead: "callHours.lead", create: "callHours.new", empty: "callHours.empty", nameOf: (row) => String(row["prefix"]), liveWarning: "callHours.live",
  blank: { prefix: "+", weekly: { mon: daytime, tue: daytime, wed: daytime, thu: daytime, fri: daytime, sat: daytime, sun: [] } },
  fields: [
    { key: "prefix", label: "callHours.prefix", hint: "callHours.prefixHint", kind: "text", required: true },
    { key: "weekly", label: "callHours.week", kind: "custom", input: (props) => <WeekEditor {...props} /> },
  ],
  Sentence: ({ row }) => <HoursSentence row={row} />,
});

function HoursSentence({ row }: { row: Row }) {
  const { t, i18n } = useTranslation();
  const week = (row["weekly"] ?? {}) as Week;
  const text = alwaysOpen(week) ? t("admin.hours.always") : weekText(week, i18n.language);
  return <Say text={text ? "callHours.say" : "callHours.sayNever"} values={{ prefix: String(row["prefix"]), week: text }} />;
}

export const callerIdsResource = resourceOf<Wanted["callerIds"]>({
  section: "caller-ids", path: "/caller-ids", title: "callerIds.title", lead: "callerIds.lead", create: "callerIds.new", empty: "callerIds.empty", nameOf: (row) => list<string>(row["prefixes"]).join(", ") || "+",
  blank: { order: 0, prefixes: [], queue_ids: [], team_ids: [], user_ids: [], project_ids: [], number_ids: [], may_choose: false },
  fields: [
    { key: "number_ids", label: "callerIds.numbers", hint: "callerIds.numbersHint", kind: "refs", refs: "/numbers", required: true },
    { key: "may_choose", label: "callerIds.mayChoose", kind: "switch" },
    { key: "prefixes", label: "callerIds.prefixes", hint: "callHours.prefixHint", kind: "tags", section: "callerIds.when" },
    { key: "project_ids", label: "admin.projects", hint: "callerIds.projectsHint", kind: "refs", refs: "/projects", section: "callerIds.when" },
    { key: "queue_ids", label: "callerIds.queues", kind: "refs", refs: "/queues", section: "callerIds.when" },
    { key: "team_ids", label: "admin.teams", kind: "refs", refs: "/teams", section: "callerIds.when" },
    { key: "user_ids", label: "admin.users", kind: "refs", refs: "/users", section: "callerIds.when" },
    { key: "order", label: "admin.trunks.order", hint: "callerIds.orderHint", kind: "number", min: 0, max: 1000, section: "callerIds.when" },
  ],
  Sentence: ({ row, names }) => {
    const of = (path: string, key: string) => list<string>(row[key]).map((id) => names(path, id)).filter(Boolean);
    const who = [...of("/projects", "project_ids"), ...of("/queues", "queue_ids"), ...of("/teams", "team_ids"), ...of("/users", "user_ids")].join(", ");
    const values = { who, prefixes: list<string>(row["prefixes"]).join(", ") || "+", numbers: of("/numbers", "number_ids").join(", ") };
    return <Say text={who ? "callerIds.say" : "callerIds.sayAll"} values={values} />;
  },
});

const HOW = ["always", "on_demand", "never", "sample"] as const;
export const recordingRulesResource = resourceOf<Wanted["recordingRule"]>({
  section: "recording-rules", path: "/recording-rules", title: "recRules.title", lead: "recRules.lead", create: "recRules.new", empty: "recRules.empty", liveWarning: "callHours.live", nameOf: (row) => String(row["recording"]),
  blank: { order: 0, directions: [], queue_ids: [], project_ids: [], number_ids: [], recording: "always", percent: 100, pause_s: 0, keep_days: null },
  fields: [
    { key: "recording", label: "admin.queues.recording", kind: "choice", required: true, options: HOW.map((one) => ({ value: one, label: one === "sample" ? "recRules.sample" : (`recording.${one}` as const) })) },
    { key: "percent", label: "recRules.percent", hint: "recRules.percentHint", kind: "number", min: 0, max: 100, when: (values) => values["recording"] === "sample" },
    { key: "pause_s", label: "recRules.pause", hint: "recRules.pauseHint", kind: "seconds", min: 0, max: 3600 },
    { key: "keep_days", label: "admin.settings.retention", hint: "recRules.keepHint", kind: "number", min: 1 },
    { key: "directions", label: "calls.direction", kind: "choices", section: "callerIds.when", options: (["inbound", "outbound", "internal"] as const).map((one) => ({ value: one, label: `direction.${one}` as const })) },
    { key: "queue_ids", label: "admin.queues", kind: "refs", refs: "/queues", section: "callerIds.when" },
    { key: "project_ids", label: "admin.projects", kind: "refs", refs: "/projects", section: "callerIds.when" },
    { key: "number_ids", label: "admin.numbers", kind: "refs", refs: "/numbers", section: "callerIds.when" },
    { key: "order", label: "admin.trunks.order", hint: "callerIds.orderHint", kind: "number", min: 0, max: 1000, section: "callerIds.when" },
  ],
  Sentence: ({ row, names }) => <RecordingSentence row={row} names={names} />,
});

function RecordingSentence({ row, names }: { row: Row; names: Names }) {
  const { t } = useTranslation();
  const of = (path: string, key: string) => list<string>(row[key]).map((id) => names(path, id)).filter(Boolean);
  const directions = list<"inbound" | "outbound" | "internal">(row["directions"]).map((one) => t(`direction.${one}`));
  const which = [...directions, ...of("/queues", "queue_ids"), ...of("/projects", "project_ids"), ...of("/numbers", "number_ids")].join(", ") || t("recRules.all");
  const how = row["recording"] as (typeof HOW)[number];
  const more = [row["pause_s"] ? t("recRules.sayPause", { seconds: row["pause_s"] }) : "", row["keep_days"] ? t("recRules.sayKeep", { days: row["keep_days"] }) : ""].filter(Boolean).join(" · ");
  return (
    <>
      <Say text="recRules.say" values={{ which, how: how === "sample" ? `${String(row["percent"])} %` : t(`recording.${how}`) }} />
      {more && <span className="td-muted"> {more}</span>}
    </>
  );
}
