import type { Assignment, Call, Forwarding, Me, PhoneAccount, Presence, VoicemailBox } from "../src/shared/api/types.ts";
import { boardAgents, contacts, dispositions, number, queues, reasons, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { dropAll, publish, seq } from "./hub.ts";
import { ago, id } from "./random.ts";
import { bye, invite, registered } from "./sip.ts";

const now = (): string => new Date().toISOString();
const inSeconds = (seconds: number): string => ago(-seconds);
const lan = users[0] ?? { id: id(3, 0), name: "Lan", email: "lan@demo.test" };
const SUPERVISOR = ["calls.listen", "calls.monitor", "fields.edit", "dispositions.edit", "calls.do_not_call", "calls.take", "contacts.edit", "live.see", "alerts.edit", "presence.force", "callbacks.see", "callbacks.edit", "queues.see", "queues.staff", "blending.edit", "users.edit", "teams.edit", "skills.edit", "roles.edit", "reasons.edit", "queues.edit", "telephony.edit", "flows.see", "data_tables.edit", "intents.edit", "articles.edit", "assistant.edit", "assistant.read", "settings.edit", "tokens.edit", "audit.see", "interactions.see", "interactions.edit", "conversations.assign", "replies.edit", "closing.switch", "widgets.edit", "mailboxes.edit"];
let me: Me | null = null;
let presence: Presence = { user_id: lan.id, channels: { voice: true }, connected: true, missed_offers: 0, state: "not_ready", shown: "not_ready", reason: reasons[1] ?? null, since: ago(95) };
const assignments = new Map<string, Assignment>();
let call: Call | null = null;
export const theCall = (): Call | null => call;
export const ALONE = { together: "none", park_slot: null, agent: null, parties: [], unreached: null } satisfies Partial<Call>;
let sipCall: string | null = null;
let made = 0;
let nextOffer: NodeJS.Timeout | null = null;
const expiries = new Set<NodeJS.Timeout>();

function setPresence(change: Partial<Presence>): Presence {
  presence = { ...presence, ...change, since: now() };
  publish("me", "presence.changed", presence);
  const tile = boardAgents[0];
  if (tile) {
    Object.assign(tile, { state: presence.shown === "working" ? "talking" : presence.shown, reason: presence.reason ? { en: presence.reason.name } : null, since: presence.since });
    publish("board", "board.agent", tile);
  }
  return presence;
}
const show = (shown: Presence["shown"]) => setPresence({ shown });
export function setCall(change: Partial<Call>): Call {
  if (!call) throw new Refusal(409, "call_not_in_state");
  call = { ...call, ...change };
  publish("me", "call.changed", call);
  return call;
}
export function setAssignment(row: Assignment): Assignment {
  const next = { ...row, version: row.version + 1 };
  assignments.set(row.id, next);
  publish("me", "assignment.changed", next);
  return next;
}
function removeAssignment(assignmentId: string, why: string): void {
  assignments.delete(assignmentId);
  publish("me", "assignment.removed", { id: assignmentId, why });
}
/** What else happens when an offer that is written is taken, and when everything begins anew. */
export const written = { accepted: (_row: Assignment): void => undefined, reset: (): void => undefined };
/** Kept with the row, and told by a push of its own. */
export function keepThread(thread: NonNullable<Assignment["thread"]>): Assignment | undefined {
  const row = [...assignments.values()].find((one) => one.thread?.conversation_id === thread.conversation_id);
  if (row) assignments.set(row.id, { ...row, thread });
  return row;
}
export const find = (assignmentId: string): Assignment => {
  const row = assignments.get(assignmentId);
  if (!row) throw new Refusal(404, "not_found");
  return row;
};

export function offer(overrides: Partial<Assignment> = {}): Assignment {
  made += 1;
  const contact = contacts[made % 20 === 3 ? 13 : made];
  const shared = made % 4 === 2;
  const row: Assignment = {
    id: id(20, made), interaction_id: id(9, made), user_id: lan.id, outcome: null, peer_name: "", peer_verified: false, state: "offered", channel: "voice", direction: "inbound", queue: queues[made % queues.length] ?? null,
    contact: contact?.name && !shared ? { id: contact.id, name: contact.name, company: contact.company?.name ?? null } : null,
    candidates: shared ? contacts.slice(3, 5).map((other) => ({ id: other.id, name: other.name ?? "?" })) : [], number: number(made), offered_at: now(), expires_at: inSeconds(20), accepted_at: null,
    waited_s: 47, wrap_up_ends_at: null, flow_answers: [{ label: "Menu", value: "2 · Invoice" }, { label: "Customer number", value: "KH-10293" }], call_id: id(21, made), auto_answer: false, party: false, offered_by: null, callback: null,
    disposition_id: null, no_consequence: false, work: "inbound", ending: null, note: "", thread: null, handing_to: null, priority: 5, skills: ["Vietnamese", "Billing"], version: 1, ...overrides,
  };
  assignments.set(row.id, row);
  show("offered");
  publish("me", "assignment.changed", row);
  if (row.channel === "voice" && registered()) sipCall = invite([`X-Tongdai-Assignment: ${row.id}`], () => accept(row.id));
  const expiry = setTimeout(() => {
    expiries.delete(expiry);
    if (assignments.get(row.id)?.state !== "offered") return;
    if (row.channel === "voice") bye(sipCall);
    removeAssignment(row.id, "expired");
    show(presence.state);
  }, 20_000);
  expiries.add(expiry);
  return row;
}
function accept(assignmentId: string): Assignment {
  const row = find(assignmentId);
  if (row.state !== "offered") return row;
  if (row.channel !== "voice") {
    show("working");
    const taken = setAssignment({ ...row, state: "accepted", accepted_at: now() });
    written.accepted(taken);
    return find(row.id);
  }
  call = {
    id: row.call_id ?? "", interaction_id: row.interaction_id, state: "talking", direction: row.direction, peer: { number: row.number?.e164 ?? null, national: row.number?.national ?? null, name: row.contact?.name ?? null },
    started_at: row.offered_at, answered_at: now(), on_hold_since: null, muted: false, recording: "on", recording_by_agent: false, recording_pausable: false, recording_paused_until: null, queue: row.queue, ...ALONE,
  };
  publish("me", "call.changed", call);
  show("working");
  return setAssignment({ ...row, state: "accepted", accepted_at: now() });
}
export function endCall(): Call {
  const ended = setCall({ state: "ended" });
  call = null;
  bye(sipCall);
  for (const row of assignments.values()) if (row.state === "accepted" && row.channel === "voice") setAssignment({ ...row, state: "wrap_up", wrap_up_ends_at: inSeconds(45) });
  show("wrap_up");
  return ended;
}
function becameReady(): void {
  if (nextOffer) clearTimeout(nextOffer);
  const wait = Number(process.env.DEV_OFFER_MS ?? 6000);
  if (wait > 0) nextOffer = setTimeout(() => presence.shown === "ready" && offer(), wait);
}

route("POST /auth/sign-in", ({ body }) => {
  if (body["password"] === "locked") throw new Refusal(423, "locked", { retry_after: 840 });
  if (body["password"] !== "demo") throw new Refusal(401, "wrong_credentials");
  me = {
    user: { id: lan.id, name: lan.name, email: lan.email, locale: "en", time_zone: "Asia/Ho_Chi_Minh", theme: "auto", alert_sound: false, extension: "201" },
    tenant: { id: id(30, 0), name: "Sao Mai", country: "VN", time_zone: "Asia/Ho_Chi_Minh" }, permissions: Object.fromEntries(SUPERVISOR.map((name) => [name, "tenant"])), roles: ["supervisor"],
  };
  return me;
});
route("GET /auth/me", () => {
  if (!me) throw new Refusal(401, "signed_out");
  return me;
});
route("POST /auth/sign-out", () => void (me = null));
route("PATCH /auth/me", ({ body }) => (me ? (me = { ...me, user: { ...me.user, ...body } }) : undefined));
route("POST /auth/password", ({ body }) => {
  if (String(body["new"]).length < 12) throw new Refusal(422, "invalid", { errors: [{ field: "new", message: "At least 12 characters." }] });
});
route("GET /presence/me", () => presence);
route("GET /presence/reasons", () => reasons);
route("PUT /presence/me", ({ body }) => {
  const state = body["state"] as Presence["state"];
  const reason = reasons.find((row) => row.id === body["reason_id"]);
  if (state === "ready") becameReady();
  return setPresence({ state, reason: state === "not_ready" && reason ? reason : null, shown: presence.shown === "working" ? "working" : state });
});
let phone: PhoneAccount = { sip_user: "lan-b", sip_password: "x", domain: "dev.invalid", ws_path: "/sip", ice_servers: [], ring_on: "browser", extension: "201", queued: true, devices: [{ id: "d1", kind: "webrtc", sip_user: "lan-b", registered: true }, { id: "d2", kind: "sip", sip_user: "lan-p", registered: false }] };
let forwarding: Forwarding = { always: "", busy: "", no_answer: "202", unreachable: "", no_answer_s: 20, do_not_disturb: false, listed: true };
route("GET /phone/forwarding", () => forwarding);
route("PUT /phone/forwarding", ({ body }) => (forwarding = { ...forwarding, ...body } as Forwarding));
route("GET /users/:id/forwarding", () => forwarding);
let box: VoicemailBox = { enabled: true, max_s: 180, silence_s: 5, greeting_s: null, mail: "notice", mail_to: "", mail_possible: true, has_pin: true };
for (const path of ["/phone/voicemail", "/users/:id/voicemail", "/ring-groups/:id/voicemail"]) {
  route(`GET ${path}`, () => box);
  route(`PUT ${path}`, ({ body }) => (box = { ...box, ...body } as VoicemailBox));
}
route("GET /phone/me", () => phone);
route("GET /phone/speed-dials", () => [{ digit: 1, name: "Kho Hà Nội", number: "+842473001234" }, { digit: 2, name: "Trưởng nhóm", number: "201" }]);
route("GET /parked-calls", () => [{ call_id: id(49, 1), slot: 701, peer: { number: "+84987654321", national: "0987 654 321", name: "Phạm Quốc Bảo" }, queue: queues[0], parked_by: { id: users[1]?.id, name: users[1]?.name }, parked_at: ago(40), comes_back_at: inSeconds(80) }]);
route("GET /phone/last-dialled", () => [{ number: "+84987654321", name: "Phạm Quốc Bảo", at: ago(3600) }, { number: "+842473001234", name: "", at: ago(7200) }]);
const GREEN = { id: id(62, 0), name: "Green Leaf Tea" };
route("GET /phone/caller-ids", ({ query }) => {
  const own = query.get("project_id") === GREEN.id;
  return { numbers: own ? ["+842473005678", "+842473001234"] : ["19001234", "+842473001234"], may_choose: true, because: own ? ["project"] : [], project: own ? GREEN : null, projects: [GREEN] };
});
route("PUT /phone/me", ({ body }) => (phone = { ...phone, ...body } as PhoneAccount));
route("GET /workspace", () => ({ seq: seq(), presence, assignments: [...assignments.values()], call }));
route("POST /assignments/:id/accept", ({ params }) => accept(params["id"] ?? ""));
route("POST /assignments/:id/decline", ({ params }) => {
  if (find(params["id"] ?? "").channel === "voice") bye(sipCall);
  removeAssignment(params["id"] ?? "", "done");
  setPresence({ state: "not_ready", shown: "not_ready", reason: null });
});
route("POST /assignments/:id/contact", ({ params, body }) => {
  const contact = contacts.find((row) => row.id === body["contact_id"]);
  return setAssignment({ ...find(params["id"] ?? ""), contact: contact ? { id: contact.id, name: contact.name ?? "", company: contact.company?.name ?? null } : null });
});
route("POST /assignments/:id/wrap-up/extend", ({ params, body }) => {
  const row = find(params["id"] ?? "");
  return setAssignment({ ...row, wrap_up_ends_at: new Date(Math.max(Date.now(), Date.parse(row.wrap_up_ends_at ?? now())) + Number(body["seconds"]) * 1000).toISOString() });
});
route("PUT /assignments/:id/notes", ({ params, body }) => setAssignment({ ...find(params["id"] ?? ""), note: String(body["note"]), disposition_id: (body["disposition_id"] as string) ?? null, no_consequence: Boolean(body["no_consequence"]) }));
route("POST /assignments/:id/done", ({ params, body }) => {
  const row = find(params["id"] ?? "");
  const leaf = dispositions.find((item) => item.id === body["disposition_id"]);
  if (!leaf) throw new Refusal(422, "invalid", { errors: [{ field: "disposition_id", message: "Choose a result." }] });
  if (leaf.requires_note && !body["note"]) throw new Refusal(422, "invalid", { errors: [{ field: "note", message: "This result needs a note." }] });
  removeAssignment(row.id, "done");
  const ready = body["then"] === "ready";
  const busy = [...assignments.values()].some((one) => one.state === "accepted");
  setPresence(busy ? { state: ready ? "ready" : "not_ready" } : { state: ready ? "ready" : "not_ready", shown: ready ? "ready" : "not_ready", reason: null });
  if (ready) becameReady();
});
route("GET /dispositions", () => dispositions);
route("GET /my-day", () => ({
  figures: { handled: 34, talk_s: 9840, hold_s: 610, wrap_up_s: 1730, aht_s: 358, occupancy: 0.81, ready_s: 2850, not_ready_s: 2400, missed: 1, internal: 3, internal_s: 410 },
  segments: Array.from({ length: 28 }, (_, index) => {
    const state = (["ready", "talking", "talking", "wrap_up", "ready", "hold", "talking", "not_ready"] as const)[index % 8] ?? "ready";
    return { state, reason: state === "not_ready" ? "Short break" : null, start: ago((28 - index) * 700), end: index === 27 ? null : ago((27 - index) * 700) };
  }),
  results: dispositions.filter((row) => row.parent_id).slice(0, 5).map((row, index) => ({ id: row.id, label: row.label, count: 9 - index * 2 })),
}));
route("POST /calls", ({ body }) => {
  made += 1;
  const to = String(body["to"]);
  if (to.startsWith("+1900")) throw new Refusal(403, "dial_class", { detail: "Premium numbers are not allowed." });
  const row = offer({ direction: "outbound", state: "accepted", queue: null, contact: null, candidates: [], number: { e164: to, national: null }, flow_answers: [], accepted_at: now(), expires_at: null });
  call = { id: row.call_id ?? "", interaction_id: row.interaction_id, state: "ringing", direction: "outbound", peer: { number: to, national: null, name: null }, started_at: now(), answered_at: null, on_hold_since: null, muted: false, recording: "none", recording_by_agent: false, recording_pausable: false, recording_paused_until: null, queue: null, ...ALONE };
  publish("me", "call.changed", call);
  setTimeout(() => call?.state === "ringing" && setCall({ state: "talking", answered_at: now(), recording: "on" }), 3000);
  return call;
});
route("GET /calls/:id", () => call);
route("POST /calls/:id/hold", () => (show("working"), setCall({ state: "held", on_hold_since: now() })));
route("POST /calls/:id/resume", () => (show("working"), setCall({ state: "talking", on_hold_since: null })));
route("POST /calls/:id/mute", ({ body }) => setCall({ muted: Boolean(body["muted"]) }));
route("POST /calls/:id/rejoin", () => call);
route("POST /calls/:id/dtmf", () => call);
route("POST /calls/:id/hang-up", () => endCall());
route("POST /calls/:id/recording/start", () => setCall({ recording: "on" }));
route("POST /calls/:id/recording/stop", () => setCall({ recording: "off" }));
// Levers for screenshots and tests.
route("POST /__dev/offer", ({ body }) => offer(body as Partial<Assignment>));
route("POST /__dev/caller-hangs-up", () => endCall());
/** A colleague dials the extension: nobody's offer, only the phone rings. */
route("POST /__dev/colleague", () => void (sipCall = invite([], () => undefined, `"Phạm Quốc Bảo" <sip:202@dev.invalid>`)));
route("POST /__dev/unreached", ({ body }) => void publish("me", "call.changed", { ...call, state: "ended", direction: "internal", peer: { number: "202", national: "202", name: null }, unreached: body["why"] }));
route("POST /__dev/reset", () => {
  // Ids start anew: a timer left running would take back the next test's offer.
  expiries.forEach(clearTimeout);
  expiries.clear();
  assignments.clear();
  written.reset();
  call = null;
  sipCall = null;
  made = 0;
  setPresence({ state: "not_ready", shown: "not_ready", reason: null });
});
route("GET /__dev/state", () => ({ registered: registered() }));
route("POST /__dev/drop", () => dropAll());
