import { Say } from "@/shared/admin/Say";
import { list, resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { PhoneNumber } from "@/shared/components/PhoneNumber";

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
export const trunksResource = resourceOf<Wanted["trunk"]>({
  section: "trunks", path: "/trunks", title: "admin.trunks", lead: "admin.trunks.lead", create: "admin.trunks.new", empty: "admin.trunks.empty", nameOf: (row) => String(row["name"]), liveWarning: "admin.trunks.live",
  blank: { name: "", username: "", password: "", host: null, transport: "udp", registers_out: false, match: [], codecs: ["alaw", "ulaw"], order: 0, caller_id: null, max_calls: 100, max_spend: null, price_per_minute: 0 },
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true },
    { key: "host", label: "admin.trunks.host", hint: "admin.trunks.hostHint", kind: "text", section: "admin.trunks.connection" }, { key: "transport", label: "admin.trunks.transport", kind: "choice", required: true, section: "admin.trunks.connection", options: ["udp", "tcp", "tls"].map((one) => ({ value: one, label: { text: one.toUpperCase() } })) },
    { key: "username", label: "admin.trunks.username", kind: "text", section: "admin.trunks.connection" }, { key: "password", label: "signIn.password", hint: "admin.trunks.passwordHint", kind: "password", section: "admin.trunks.connection" },
    { key: "registers_out", label: "admin.trunks.registers", kind: "switch", section: "admin.trunks.connection" }, { key: "match", label: "admin.trunks.match", hint: "admin.trunks.matchHint", kind: "tags", section: "admin.trunks.connection" },
    { key: "codecs", label: "admin.trunks.codecs", kind: "choices", section: "admin.trunks.connection", options: ["alaw", "ulaw", "g722", "opus", "g729"].map((one) => ({ value: one, label: { text: one } })) },
    { key: "order", label: "admin.trunks.order", hint: "admin.trunks.orderHint", kind: "number", min: 0, section: "admin.trunks.outbound" }, { key: "caller_id", label: "admin.trunks.callerId", kind: "text", section: "admin.trunks.outbound" },
    { key: "max_calls", label: "admin.trunks.maxCalls", kind: "number", min: 1, section: "admin.trunks.outbound" }, { key: "max_spend", label: "admin.trunks.maxSpend", kind: "number", min: 0, section: "admin.trunks.outbound" },
  ],
  Sentence: ({ row }) => (
    <>
      <Say text={row["host"] ? "admin.trunks.say" : "admin.trunks.sayRegistered"} values={{ name: String(row["name"]), host: String(row["host"] ?? ""), transport: String(row["transport"] ?? "").toUpperCase(), calls: String(row["max_calls"]) }} />
      <span className="td-muted"> {list<string>(row["codecs"]).join(", ")}</span>
    </>
  ),
});
