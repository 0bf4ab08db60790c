import { contacts, dispositions, queues, reasons, teams, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { ago, id } from "./random.ts";

type Row = Record<string, unknown> & { id: string; version: number };
const gone = new Map<string, Row>();

/** List, create, read, change with versions, archive and restore over one in-memory table. */
export function resource(path: string, rows: Row[]): void {
  const find = (rowId: string | undefined): Row => {
    const row = rows.find((one) => one.id === rowId);
    if (!row) throw new Refusal(404, "not_found");
    return row;
  };
  route(`GET ${path}`, () => ({ items: rows, next_cursor: null }));
  route(`POST ${path}`, ({ body }) => {
    if (body["name"] === rows[0]?.["name"] && body["name"]) throw new Refusal(422, "invalid", { errors: [{ field: "name", message: "This name is taken." }] });
    const row: Row = { ...body, id: id(40, Math.floor(Math.random() * 1e9)), version: 1 };
    rows.push(row);
    return row;
  });
  route(`GET ${path}/:id`, ({ params }) => find(params["id"]));
  route(`PATCH ${path}/:id`, ({ params, body }) => {
    const row = find(params["id"]);
    if (body["version"] !== row.version) throw new Refusal(409, "stale", { current: row });
    return Object.assign(row, body, { version: row.version + 1 });
  });
  route(`DELETE ${path}/:id`, ({ params }) => {
    const row = find(params["id"]);
    gone.set(row.id, row);
    rows.splice(rows.indexOf(row), 1);
  });
  route(`POST ${path}/:id/restore`, ({ params }) => {
    const row = gone.get(params["id"] ?? "");
    if (row) rows.push(row);
    return row;
  });
}
export const table = (kind: number, rows: Record<string, unknown>[]): Row[] => rows.map((row, index) => ({ id: id(kind, index), version: 1, ...row }));
const skills = table(41, ["Vietnamese", "English", "Ukrainian", "Billing", "Technical"].map((name) => ({ name })));
const roles = table(42, ["Agent", "Team leader", "Supervisor", "Quality", "Admin"].map((name, index) => ({ name, builtin: name.toLowerCase(), grants: Object.fromEntries(PERMISSIONS().slice(0, 2 + index * 2).map((one) => [one.name, one.scopes[Math.min(index, one.scopes.length - 1)]])) })));
function PERMISSIONS() {
  return ["calls.take", "calls.listen", "contacts.see", "contacts.edit", "interactions.see", "interactions.edit", "conversations.assign", "replies.edit", "live.see", "users.edit", "teams.edit", "skills.edit", "roles.edit", "reasons.edit", "queues.edit", "telephony.edit", "flows.see", "settings.edit", "tokens.edit", "audit.see"].map((name) => ({ name, label: name.replace(".", ": "), scopes: name.endsWith("edit") ? ["tenant"] : ["own", "team", "queue", "project", "tenant"] }));
}
route("GET /permissions", PERMISSIONS);
resource("/skills", skills);
resource("/roles", roles);
resource("/users", users.map((user, index) => ({ ...user, version: 1, locale: "vi", time_zone: "Asia/Ho_Chi_Minh", extension: String(201 + index), role_ids: [roles[index ? 0 : 2]?.id], team_ids: [teams[index % 3]?.id], skills: [{ skill_id: skills[index % 5]?.id, level: 1 + (index % 9) }] })));
resource("/teams", teams.map((team, index) => ({ ...team, version: 1, member_ids: users.filter((_, place) => place % 3 === index).map((user) => user.id), leader_ids: [users[index + 5]?.id] })));
resource("/reasons", reasons.map((reason) => ({ ...reason, version: 1 })));
route("GET /queue-names", () => queues.map((queue, index) => ({ ...queue, channel: index === 4 ? "webchat" : "voice" })));
resource("/queues", queues.map((queue, index) => ({
  ...queue, version: 1, strategy: ["longest_idle", "round_robin", "ring_all"][index % 3], member_ids: users.slice(index, index + 4).map((user) => user.id), requirements: [{ skill_id: skills[3]?.id, level: 5, relax: [{ after_s: 60, level: 3 }] }],
  priority: index === 3 ? 8 : 0, ageing: 0, offer_timeout_s: 20, missed_limit: 2, last_agent_s: 0, wrap_up_s: 30, auto_answer: false, target_s: 20, target_share: 0.8, short_abandon_s: 5, max_wait_s: 600, max_waiting: null, announce_position_s: 45, recording: "always", announce_recording: true,
})));
resource("/alert-rules", table(51, [
  { measure: "waiting", threshold: 10, for_s: 0, at_least: 10, severity: "critical", queue_id: null, team_id: null, reason_id: null },
  { measure: "service_level", threshold: 0.7, for_s: 60, at_least: 20, severity: "warning", queue_id: queues[1]?.id, team_id: null, reason_id: null },
  { measure: "not_ready", threshold: 2700, for_s: 0, at_least: 10, severity: "warning", queue_id: null, team_id: teams[0]?.id, reason_id: reasons[0]?.id },
]));
const flows = table(43, [{ name: "Main menu", title: "", published_number: 4, numbers: ["1900 1234"] }, { name: "Closed", title: "", published_number: 2, numbers: [] }, { name: "Survey", title: "", published_number: null, numbers: [] }]);
resource("/flows", flows);
const widgets = table(68, [
  { name: "Sao Mai shop", project_id: null, key: "k3Yx0fT9q2Lm7A", flow_id: flows[0]?.id, origins: ["https://saomai.example", "https://shop.saomai.example"], look: { title: { en: "Sao Mai", vi: "Sao Mai xin chào" }, greeting: { en: "How can we help?", vi: "Chúng tôi giúp gì được cho bạn?" }, colour: "#0b6bcb", side: "right" }, pre_chat: [{ name: "name", required: true }, { name: "phone", required: false }], identity: "enforced", takes_hashes: false, mailbox_id: null, offline: null, triggers: [{ id: id(79, 1), text: { en: "Shall we help you choose?", vi: "Bạn cần tư vấn chọn mẫu không?" }, how: "contains", page: "/lamps", seconds: 30, scroll: 0, leaving: false, visit: 1, there: false, days: 7 }] },
  { name: "Калина", project_id: null, key: "p8Vn1sRw4Zc6Ub", flow_id: flows[2]?.id, origins: [], look: { title: {}, greeting: {}, colour: "#a03c00", side: "left" }, pre_chat: [], identity: "off", takes_hashes: false, mailbox_id: null, offline: null, triggers: [] },
]);
route("POST /widgets", ({ body }) => {
  const wrong = (body["origins"] as string[]).findIndex((one) => !/^https?:\/\/[^/\s]+$/.test(one));
  if (wrong >= 0) throw new Refusal(422, "invalid", { errors: [{ field: `origins.${wrong}`, message: "Write a site as https://shop.example.", rule: "origin" }] });
  const empty = ((body["triggers"] ?? []) as { text: object; there: boolean }[]).flatMap((one, at) => [
    ...(Object.keys(one.text).length === 0 ? [{ field: `triggers.${at}.text`, message: "Write the greeting in one language at least.", rule: "greeting_missing" }] : []),
    ...(one.there && !body["offline"] ? [{ field: `triggers.${at}.there`, message: "Say first under “While nobody is there” when that is so: switch the form on.", rule: "needs_offline" }] : []),
  ]);
  if (empty.length > 0) throw new Refusal(422, "invalid", { errors: empty });
  const row: Row = { ...body, id: id(68, widgets.length + 10), version: 1, key: "n0Tr3alK9yAb2x" };
  widgets.push(row);
  return row;
});
resource("/widgets", widgets);
let secrets = [{ id: id(76, 1), hint: "x9Qk", made_at: ago(40 * 86_400), made_by: users[0] ? { id: users[0].id, name: users[0].name } : null }];
route("GET /widgets/:id/secrets", () => secrets);
route("POST /widgets/:id/secrets", () => {
  const row = { id: id(76, secrets.length + 1), hint: "Ab7z", made_at: ago(0), made_by: null };
  secrets = [...secrets, row];
  return { ...row, secret: "tdw_0cM1p2rJtVwXyZ3a4b5c6d7e8f9gAb7z" };
});
route("DELETE /widgets/:id/secrets/:secret", ({ params }) => {
  secrets = secrets.filter((one) => one.id !== params["secret"]);
});
resource("/mailboxes", table(69, [
  { name: "Sao Mai", address: "hotro@saomai.example", queue_id: queues[0]?.id, project_id: null, imap: { host: "imap.saomai.example", port: 993, security: "tls" }, smtp: { host: "smtp.saomai.example", port: 465, security: "tls" }, username: "hotro@saomai.example", has_password: true, tagged: true, state: "reading", problem: "", state_at: ago(7200) },
  { name: "Калина", address: "support@kalyna.example", queue_id: queues[1]?.id, project_id: null, imap: { host: "mail.kalyna.example", port: 143, security: "starttls" }, smtp: { host: "mail.kalyna.example", port: 587, security: "starttls" }, username: "support", has_password: true, tagged: false, state: "sign_in", problem: "[AUTHENTICATIONFAILED] Authentication failed.", state_at: ago(300) },
]));
route("POST /mailboxes/:id/try", () => ({ imap: { state: "sign_in", problem: "[AUTHENTICATIONFAILED] Authentication failed." }, smtp: { state: "ok", problem: "" } }));
const trunks = table(44, [{ name: "VNPT", host: "sip.vnpt.example:5060", transport: "tls", username: "saomai", codecs: ["alaw", "g722"], order: 0, max_calls: 60, match: [], registers_out: true, caller_id: "+842473001234" }, { name: "Backup", host: null, transport: "udp", username: "demo", codecs: ["ulaw"], order: 1, max_calls: 20, match: ["10.0.0.0/24"], registers_out: false, caller_id: null }, { name: "FPT", host: "sip.fpt.example", transport: "udp", username: "sm2", codecs: ["alaw"], order: 2, max_calls: 10, match: [], registers_out: true, caller_id: null }]);
route("GET /trunks/states", () => trunks.map((trunk, index) => ({ id: trunk.id, registration: ["registered", "not_asked", "rejected"][index % 3], reachable: index !== 1, since: ago(7200), last_answer: [503, null, 403][index % 3] ?? null, last_answer_at: index % 3 === 1 ? null : ago(9000), round_trip_ms: index % 3 === 1 ? null : 12.4 })));
resource("/trunks", trunks);
resource("/numbers", table(45, [{ number: "19001234", label: "Hotline", flow_id: flows[0]?.id, trunk_id: trunks[0]?.id }, { number: "+842473001234", label: "Hà Nội", flow_id: flows[0]?.id, trunk_id: null }, { number: "+380441234567", label: "Київ", flow_id: null, trunk_id: null }]));
const day = [["08:00", "12:00"], ["13:00", "18:00"]];
resource("/calendars", table(46, [{ name: "Office", time_zone: "Asia/Ho_Chi_Minh", weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [["08:00", "12:00"]], sun: [] }, exceptions: [{ date: "2027-01-01", name: "Tết Dương lịch", periods: [] }, { date: "2027-02-06", name: "Tết Nguyên Đán", periods: [] }] }, { name: "Hotline", time_zone: "Europe/Kyiv", weekly: Object.fromEntries(["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((one) => [one, [["00:00", "24:00"]]])), exceptions: [] }]));
const NOBODY = { queue_ids: [], team_ids: [], user_ids: [], number_ids: [], project_ids: [], directions: [] };
resource("/recording-rules", table(60, [{ ...NOBODY, order: 0, recording: "sample", percent: 20, pause_s: 120, keep_days: 90 }, { ...NOBODY, order: 1, recording: "never", percent: 100, pause_s: 0, keep_days: null, directions: ["internal"] }]));
resource("/caller-ids", table(61, [{ ...NOBODY, order: 0, prefixes: ["+84"], may_choose: true }]));
resource("/calling-hours", table(62, [{ prefix: "+84", weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [], sun: [] } }]));
resource("/do-not-call", table(63, [{ number: "+84912345678", prefix: false, reason: "Asked us on the phone", until: null, by: "Lê Thị Lan", added_at: ago(86400) }, { number: "+1900", prefix: true, reason: "", until: ago(60), by: null, added_at: ago(864000) }]));
const dataTables = table(64, [{ name: "customers", project_id: null, rows: 3, archived: false, columns: [{ id: "c1", name: "phone", kind: "phone", key: true }, { id: "c2", name: "name", kind: "text", key: false }, { id: "c3", name: "balance", kind: "number", key: false }, { id: "c4", name: "pin", kind: "secret", key: false }] }]);
resource("/data-tables", dataTables);
resource(`/data-tables/${dataTables[0]?.id}/rows`, table(65, [["+84912345678", "Nguyễn Văn An", "1250.5"], ["+84987654321", "Trần Thị Bình", "-20"], ["+380671234567", "Олена Шевчук", ""]].map(([c1, c2, c3], index) => ({ cells: { c1, c2, c3 }, secrets: index ? [] : ["c4"], locked_until: index ? null : ago(-600), archived: false, updated_at: ago(600) }))));
resource("/ring-groups", table(49, [{ name: "Sales", extension: "600", hunt: "all", member_ids: users.slice(0, 3).map((user) => user.id), ring_s: 20, otherwise: "201" }]));
resource("/conference-rooms", table(66, [{ name: "Thursday meeting", extension: "700", has_pin: true, max_members: 20, tone: true }, { name: "Переговорна", extension: "701", has_pin: false, max_members: 5, tone: false }]));
resource("/contact-fields-admin", table(67, [{ key: "customer_no", label: { en: "Customer number", vi: "Mã khách hàng", uk: "Номер клієнта" }, kind: "text", options: [], position: 0, pauses_recording: false }, { key: "plan", label: { en: "Plan", vi: "Gói", uk: "План" }, kind: "choice", options: ["Silver", "Gold", "Platinum"], position: 1, pauses_recording: false }, { key: "card", label: { en: "Card", vi: "Thẻ", uk: "Картка" }, kind: "text", options: [], position: 2, pauses_recording: true }]));
resource("/projects", table(47, [{ name: "Sao Mai retail" }, { name: "Vinh Phát" }]));
resource("/dispositions-admin", dispositions.map((row) => ({ ...row, version: 1, queue_ids: [] })));
resource("/prompts", table(48, [{ name: "welcome", language: "vi", text: "", seconds: 6.2, formerly: ["greeting"] }, { name: "welcome", language: "en", text: "", seconds: 5.1, formerly: ["greeting"] }, { name: "closed", language: "uk", text: "Ми працюємо з понеділка до п'ятниці", seconds: null, formerly: [] }]));
resource("/music", table(67, [{ name: "Morning raga", seconds: 184, standard: true, used_by: [] }, { name: "Sao Mai jingle", seconds: 32, standard: false, used_by: ["Billing", "Kỹ thuật"] }]));
route("GET /music/:id/audio", () => ({ raw: Buffer.alloc(44), type: "audio/wav" }));
route("GET /prompts/:id/audio", () => ({ raw: Buffer.alloc(44), type: "audio/wav" }));
route("GET /flows/:id/versions", () => [4, 3, 2].map((number) => ({ id: id(49, number), number, published_at: ago(86400 * (6 - number)), published_by: { name: "Lê Thị Lan" } })));
route("GET /flows/:id/graph", () => ({
  nodes: [["welcome", "say", "Greeting"], ["hours", "hours", "Open now?"], ["menu", "menu", "Main menu"], ["closed", "say", "We are closed"], ["voicemail", "voicemail", "Leave a message"], ["customer_no", "gather", "Customer number"], ["lookup", "lookup", "Find the customer"], ["billing", "queue", "Queue Billing"], ["sales", "queue", "Queue Sales"], ["bye", "hang_up", "Good-bye"]].map(([node, verb, label]) => ({ id: node, verb, label, params: {} })),
  edges: ([["welcome", "next", "hours", 412], ["hours", "open", "menu", 371], ["hours", "closed", "closed", 41], ["closed", "next", "voicemail", 41], ["menu", "1", "sales", 160], ["menu", "2", "customer_no", 180], ["menu", "timeout", "menu", 22], ["menu", "no_input", "bye", 9], ["customer_no", "done", "lookup", 171], ["customer_no", "no_input", "billing", 9], ["lookup", "found", "billing", 150], ["lookup", "not_found", "billing", 21], ["voicemail", "done", "bye", 30], ["billing", "timeout", "voicemail", 4], ["sales", "timeout", "voicemail", 0]] as const).map(([from, exit, to, count]) => ({ from, exit, to, count })),
  counts: { welcome: 412, hours: 412, menu: 371, closed: 41, voicemail: 45, customer_no: 180, lookup: 171, billing: 180, sales: 160, bye: 39 },
}));
let settings: Row = { id: "", version: 1, name: "Sao Mai", country: "VN", time_zone: "Asia/Ho_Chi_Minh", locale: "vi", recording_retention_days: 365, phone_keys: true, watch_notice: "off", fallback_language: "vi", watch_notice_to: "both" };
route("GET /settings", () => settings);
route("PATCH /settings", ({ body }) => {
  if (body["version"] !== settings.version) throw new Refusal(409, "stale", { current: settings });
  return (settings = { ...settings, ...body, version: settings.version + 1 });
});
const tokens = table(51, [
  { name: "Monthly report", user: users[0], role_ids: [roles[2]?.id], created_at: ago(86400 * 40), last_used_at: ago(3600 * 5), expires_at: ago(-86400 * 50) },
  { name: "Звіт для керівництва", user: users[7], role_ids: [roles[1]?.id, roles[3]?.id], created_at: ago(86400 * 200), last_used_at: null, expires_at: null },
  { name: "Đồng bộ khách hàng từ phần mềm bán hàng", user: users[1], role_ids: [roles[4]?.id], created_at: ago(86400 * 400), last_used_at: ago(86400 * 36), expires_at: ago(86400 * 35) },
]);
const revoke = ({ params }: { params: Record<string, string> }): void => {
  tokens.splice(tokens.findIndex((one) => one.id === params["id"]), 1);
};
route("GET /tokens", () => ({ items: tokens, next_cursor: null }));
route("GET /auth/tokens", () => tokens.filter((one) => (one["user"] as { id?: string }).id === users[0]?.id));
route("POST /auth/tokens", ({ body }) => {
  const token: Row = { ...body, role: roles.find((one) => one.id === body["role_id"]) ?? null, id: id(51, tokens.length + 10), version: 1, user: users[0], role_ids: [roles[2]?.id], created_at: ago(0), last_used_at: null };
  tokens.unshift(token);
  return { id: token.id, name: body["name"], token: "tdk_DEV0ZmJhY2tlZC1ub3QtYS1zZWNyZXQtanVzdC1sb25n" };
});
route("DELETE /tokens/:id", revoke);
route("DELETE /auth/tokens/:id", revoke);
const DEEDS: [string, string, string | null, Record<string, unknown>][] = [
  ["user.changed", users[7]?.id ?? "", users[7]?.name ?? "", { fields: ["role_ids", "team_ids", "skills"] }], ["contact.changed", contacts[0]?.id ?? "", contacts[0]?.name ?? "", { fields: ["name", "tags"] }], ["contact.consent", contacts[5]?.id ?? "", "+84912345678", { purpose: "marketing" }],
  ["queue.changed", queues[2]?.id ?? "", "Billing", { fields: ["target_s", "wrap_up_s"] }], ["flow.published", flows[0]?.id ?? "", "Main menu", { number: 4 }], ["recording.listened", id(9, 0), "+84912345678", {}], ["presence.forced", users[3]?.id ?? "", users[3]?.name ?? "", { state: "not_ready" }],
  ["contact.erased", contacts[9]?.id ?? "", null, {}], ["settings.changed", "", null, { fields: ["recording_retention_days"] }], ["token.revoked", id(51, 9), "Old export", {}],
];
const audit = Array.from({ length: 240 }, (_, index) => {
  const [action, subject_id, subject_name, details] = DEEDS[index % DEEDS.length] ?? ["", "", null, {}];
  const kind = action.split(".")[0] ?? "";
  return { id: id(50, index), at: ago(index * 1800 + 60), user: index % 10 === 4 ? null : users[index % 4], action, subject_kind: kind === "settings" ? "tenant" : kind === "presence" ? "user" : kind, subject_id: subject_id || null, subject_name, interaction_id: kind === "recording" ? subject_id : null, details };
});
route("GET /audit", ({ query }) => {
  const asked = (name: string): string => query.get(name) ?? "";
  const rows = audit.filter((one) => (!asked("user_id") || one.user?.id === asked("user_id")) && (!asked("kind") || one.subject_kind === asked("kind")) && (!asked("since") || one.at >= asked("since")) && (!asked("until") || one.at < asked("until")));
  const from = Number(asked("cursor") || 0);
  return { items: rows.slice(from, from + 100), next_cursor: from + 100 < rows.length ? String(from + 100) : null };
});
