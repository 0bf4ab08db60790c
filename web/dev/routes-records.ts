import type { Contact, Interaction, TimelineEntry } from "../src/shared/api/types.ts";
import { boardAgents, boardQueues, boardTrends, CALLS, contacts, interaction, queues, users } from "./data.ts";
import { Refusal, route, type Request } from "./http.ts";
import { publish, seq } from "./hub.ts";
import { ago, id, seeded } from "./random.ts";

const LIMIT = 100;
const fold = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
function page<T>(request: Request, rows: Iterable<T>): { items: T[]; next_cursor: string | null } {
  const start = Number(request.query.get("cursor") ?? 0);
  const items: T[] = [];
  let index = 0;
  for (const row of rows) {
    if (index >= start && items.length < LIMIT) items.push(row);
    index += 1;
    if (index > start + LIMIT) break;
  }
  return { items, next_cursor: index > start + LIMIT ? String(start + LIMIT) : null };
}
route("GET /interactions", (request) => {
  const want = (name: string): string | null => request.query.get(name);
  const q = fold(want("q") ?? "");
  return page(request, (function* () {
    for (let index = 0; index < CALLS; index += 1) {
      const row = interaction(index);
      if (want("channel") && row.channel !== want("channel")) continue;
      if (want("direction") && row.direction !== want("direction")) continue;
      if (want("result") && row.result !== want("result")) continue;
      if (want("queue_id") && row.queue?.id !== want("queue_id")) continue;
      if (want("user_id") && row.agent?.id !== want("user_id")) continue;
      if (want("from") && row.started_at < (want("from") ?? "")) break;
      if (want("to") && row.started_at >= (want("to") ?? "")) continue;
      if (want("min_talk_s") && (row.talk_s ?? 0) < Number(want("min_talk_s"))) continue;
      if (q && !fold(`${row.contact?.name ?? ""} ${row.number?.e164 ?? ""} ${row.number?.national ?? ""}`).includes(q)) continue;
      yield row;
    }
  })());
});
const indexOf = (text: string): number => parseInt(text.slice(-12), 16);
route("GET /interactions/:id", ({ params }): Interaction => {
  const row = interaction(indexOf(params["id"] ?? ""));
  const start = Date.parse(row.started_at);
  const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();
  const wait = row.wait_s ?? 0;
  const talk = row.talk_s ?? 0;
  const answeredAt = 22 + wait;
  const talked: Interaction["segments"] = talk ? [
    { kind: "ring", participant: "agent", start: at(answeredAt - 6), end: at(answeredAt), queue: row.queue, user: row.agent },
    { kind: "talk", participant: "agent", start: at(answeredAt), end: at(answeredAt + talk * 0.6), queue: row.queue, user: row.agent },
    { kind: "hold", participant: "agent", start: at(answeredAt + talk * 0.6), end: at(answeredAt + talk * 0.75), queue: row.queue, user: row.agent },
    { kind: "talk", participant: "agent", start: at(answeredAt + talk * 0.75), end: at(answeredAt + talk), queue: row.queue, user: row.agent },
    { kind: "wrap_up", participant: "agent", start: at(answeredAt + talk), end: at(answeredAt + talk + (row.wrap_up_s ?? 0)), queue: row.queue, user: row.agent },
  ] : [];
  return {
    ...row, conversation_id: row.channel === "webchat" ? id(70, indexOf(params["id"] ?? "")) : null,
    segments: [{ kind: "flow", participant: "customer", start: at(0), end: at(22), queue: null, user: null }, { kind: "wait", participant: "customer", start: at(22), end: at(answeredAt), queue: row.queue, user: null }, ...talked],
    flow_path: [
      { node: "welcome", label: "Greeting", at: at(1), result: null }, { node: "hours", label: "Open now?", at: at(6), result: "open" },
      { node: "menu", label: "Main menu", at: at(7), result: "2" }, { node: "customer_no", label: "Customer number", at: at(15), result: "10293" }, { node: "queue", label: `Queue ${row.queue?.name ?? ""}`, at: at(22), result: null },
    ],
    routing: row.queue ? [
      { at: at(22), decision: "no_agent", chosen: null, why: "Nobody with Billing ≥ 3 was free", candidates: users.slice(1, 4).map((user) => ({ user, verdict: "passed_over", why: "On another call" })) },
      { at: at(answeredAt - 6), decision: "offered", chosen: row.agent, why: "Longest idle of 2 free agents with Billing ≥ 2", candidates: [{ user: row.agent ?? users[1] ?? { id: "", name: "" }, verdict: "chosen", why: "Idle 4 min 12 s" }, { user: users[5] ?? { id: "", name: "" }, verdict: "passed_over", why: "Idle 0 min 40 s" }, { user: users[6] ?? { id: "", name: "" }, verdict: "excluded", why: "Skill Billing 1, needs 2" }] },
    ] : [],
    recordings: row.has_recording ? [{ id: params["id"] ?? "", kind: "call", duration_s: talk, channels: ["customer", "agent"], size: talk * 16000, checksum: "sha256:5f2c…", codec: "flac", legal_hold: false, hold_reason: "" }] : [],
    disposition_id: null, version: 1, notes: talk ? "Customer asked for a copy of the invoice.\nSent by e-mail <b>not bold</b>." : "", flow_answers: [{ label: "Menu", value: "2 · Invoice" }, { label: "Customer number", value: "KH-10293" }],
    quality: row.has_recording ? { rtt_ms: 42, jitter_ms: 6.4, loss_pct: 0.3, mos: 4.3 } : null,
    events: [{ at: at(0), type: "call.arrived", detail: "trunk demo" }, { at: at(22), type: "interaction.queued", detail: row.queue?.name ?? null }, { at: at(answeredAt), type: "call.answered", detail: row.agent?.name ?? null }],
  };
});
function tone(seconds: number): Buffer {
  const rate = 8000;
  const frames = Math.floor(Math.min(seconds, 900) * rate);
  const wav = Buffer.alloc(44 + frames * 4);
  wav.write("RIFF", 0); wav.writeUInt32LE(36 + frames * 4, 4); wav.write("WAVEfmt ", 8); wav.writeUInt32LE(16, 16); wav.writeUInt16LE(1, 20); wav.writeUInt16LE(2, 22);
  wav.writeUInt32LE(rate, 24); wav.writeUInt32LE(rate * 4, 28); wav.writeUInt16LE(4, 32); wav.writeUInt16LE(16, 34); wav.write("data", 36); wav.writeUInt32LE(frames * 4, 40);
  for (let frame = 0; frame < frames; frame += 1) {
    const speaking = Math.floor(frame / rate / 3) % 2;
    wav.writeInt16LE(speaking ? 0 : Math.round(5000 * Math.sin(frame * 0.3)), 44 + frame * 4);
    wav.writeInt16LE(speaking ? Math.round(5000 * Math.sin(frame * 0.2)) : 0, 46 + frame * 4);
  }
  return wav;
}
route("GET /recordings/:id/audio", ({ params }) => ({ raw: tone(interaction(indexOf(params["id"] ?? "")).talk_s ?? 30), type: "audio/wav" }));
route("GET /recordings/:id/peaks", ({ params }) => {
  const length = interaction(indexOf(params["id"] ?? "")).talk_s ?? 30;
  const draw = seeded(indexOf(params["id"] ?? ""));
  const count = Math.min(4000, length * 4);
  const voice = (turn: number) => Array.from({ length: count }, (_, index) => (Math.floor(index / 14) % 2 === turn ? 0.15 + draw.next() * 0.8 : draw.next() * 0.06));
  return { sample_rate_hz: count / length, customer: voice(0), agent: voice(1) };
});
const voicemails = Array.from({ length: 14 }, (_, index) => {
  const row = interaction(index * 31 + 2);
  return { id: id(11, index), interaction_id: row.id, number: row.number, contact: row.contact, peer_name: "", caller: null, extension: null, owner: null, mail: null, queue: queues[index % 5] ?? null, left_at: row.started_at, duration_s: 12 + index * 3, heard: index > 4, version: 1 };
});
route("GET /voicemails", (request) => page(request, voicemails));
route("GET /voicemails/:id/audio", () => ({ raw: tone(14), type: "audio/wav" }));
route("GET /voicemails/new", () => ({ new: voicemails.filter((row) => !row.heard).length }));
route("DELETE /voicemails/:id", ({ params }) => void voicemails.splice(voicemails.findIndex((row) => row.id === params["id"]), 1));
route("PATCH /voicemails/:id", ({ params, body }) => Object.assign(voicemails.find((row) => row.id === params["id"]) ?? {}, body));
const contact = (contactId: string | undefined): Contact => {
  const row = contacts.find((other) => other.id === contactId);
  if (!row) throw new Refusal(404, "not_found");
  return row;
};
const notes = new Map<string, { id: string; text: string; author: { id: string; name: string }; at: string }[]>();
route("GET /contacts", (request) => {
  const q = fold(request.query.get("q") ?? "");
  return page(request, contacts.filter((row) => !q || fold(`${row.name ?? ""} ${row.company?.name ?? ""} ${row.identities.map((one) => one.value + (one.national ?? "")).join(" ")}`).includes(q)));
});
route("POST /contacts", ({ body }) => {
  const row: Contact = { id: id(6, 100000 + contacts.length), name: "", project_id: null, archived: false, company: null, agent: null, kind: "customer", language: null, tags: [], identities: [], last_interaction_at: null, fields: {}, consents: [], merges: [], version: 1, ...body };
  row.identities = row.identities.map((one, index) => ({ ...one, id: id(8, 950000 + contacts.length * 50 + index), raw: one.value, national: null }));
  contacts.unshift(row);
  return row;
});
route("GET /contacts/:id", ({ params }) => contact(params["id"]));
route("PATCH /contacts/:id", ({ params, body }) => {
  const row = contact(params["id"]);
  if (body["version"] !== row.version) throw new Refusal(409, "stale", { current: row });
  Object.assign(row, body, { version: row.version + 1 });
  publish(`contact:${row.id}`, "contact.changed", { id: row.id });
  return row;
});
route("POST /contacts/:id/identities", ({ params, body }) => {
  const row = contact(params["id"]);
  if (body["kind"] === "email" && !String(body["value"]).includes("@")) throw new Refusal(422, "invalid", { errors: [{ field: "value", message: "This is not an e-mail address." }] });
  row.identities = [...row.identities, { id: id(8, 900000 + row.identities.length), kind: body["kind"] as "phone", value: String(body["value"]), raw: String(body["value"]), national: null }];
  return row;
});
route("DELETE /contacts/:id/identities/:iid", ({ params }) => {
  const row = contact(params["id"]);
  row.identities = row.identities.filter((one) => one.id !== params["iid"]);
});
route("GET /contacts/:id/notes", ({ params }) => notes.get(params["id"] ?? "") ?? []);
route("POST /contacts/:id/notes", ({ params, body }) => {
  const note = { id: id(12, Date.now() % 1e9), text: String(body["text"]), author: users[0] ?? { id: "", name: "" }, at: ago(0) };
  notes.set(params["id"] ?? "", [note, ...(notes.get(params["id"] ?? "") ?? [])]);
  return note;
});
route("GET /contacts/:id/timeline", (request) => {
  const seed = indexOf(request.params["id"] ?? "");
  const own = (notes.get(request.params["id"] ?? "") ?? []).map((note): TimelineEntry => ({ id: note.id, kind: "note", at: note.at, interaction: null, note, title: "", detail: null }));
  const past = Array.from({ length: 9 }, (_, index): TimelineEntry => {
    const row = interaction((seed * 3 + index * 40) % 4000);
    return { id: row.id, kind: "interaction", at: row.started_at, interaction: row, note: null, title: "", detail: null };
  });
  return page(request, [...own, ...past.sort((a, b) => b.at.localeCompare(a.at))]);
});
route("POST /contacts/:id/merge", ({ params, body }) => {
  const other = contact(String(body["other_id"]));
  contact(params["id"]).merges.push({ id: id(13, indexOf(other.id)), other: { id: other.id, name: other.name ?? "" }, at: ago(0) });
  return { merge_id: id(13, indexOf(other.id)) };
});
route("POST /contacts/merges/:id/undo", ({ params }) => contacts.forEach((row) => (row.merges = row.merges.filter((merge) => merge.id !== params["id"]))));
route("PUT /contacts/:id/consents", ({ params, body }) => {
  const row = contact(params["id"]);
  row.consents = [...row.consents.filter((one) => one.purpose !== body["purpose"] || one.channel !== body["channel"]), { ...(body as unknown as Contact["consents"][0]), at: ago(0) }];
  return row;
});
route("GET /contact-agents", () => users.map((row) => ({ id: row.id, name: row.name })));
route("GET /companies", (request) => page(request, Array.from({ length: 6 }, (_, index) => ({ id: id(7, index), name: contacts[index * 3]?.company?.name ?? `Company ${index}` }))));
route("GET /contact-fields", () => [{ key: "customer_no", label: "Customer number", kind: "text", choices: [], pauses_recording: false }, { key: "card", label: "Card", kind: "text", choices: [], pauses_recording: true }, { key: "plan", label: "Plan", kind: "choice", choices: ["Silver", "Gold", "Platinum"], pauses_recording: false }]);
route("GET /search", ({ query }) => {
  const q = fold(query.get("q") ?? "");
  const people = contacts.filter((row) => fold(row.name ?? "").includes(q) || row.identities.some((one) => one.value.includes(q))).slice(0, 6);
  const staff = users.filter((row) => fold(row.name).includes(q)).slice(0, 4);
  return [...people.map((row) => ({ kind: "contact", id: row.id, title: row.name ?? row.identities[0]?.value, subtitle: row.company?.name ?? row.identities[0]?.national })), ...staff.map((row) => ({ kind: "user", id: row.id, title: row.name, subtitle: row.email }))];
});
const total = () => ({ waiting: boardQueues.reduce((sum, row) => sum + row.waiting, 0), talking: boardAgents.filter((row) => row.state === "talking").length, ready: boardAgents.filter((row) => row.state === "ready").length, service_level: 0.81, abandoned: boardQueues.reduce((sum, row) => sum + row.abandoned, 0), answered: boardQueues.reduce((sum, row) => sum + row.answered, 0) });
route("GET /live/board", () => ({ seq: seq(), at: ago(0), queues: boardQueues, trends: boardTrends, agents: boardAgents, totals: total() }));
const draw = seeded(99);
setInterval(() => {
  const queue = draw.pick(boardQueues);
  queue.waiting = Math.max(0, queue.waiting + draw.int(-1, 1));
  queue.longest_wait_since = queue.waiting ? (queue.longest_wait_since ?? ago(0)) : null;
  queue.answered += 1;
  publish("board", "board.queue", queue);
  const agent = boardAgents[draw.int(1, boardAgents.length - 1)];
  if (!agent) return;
  Object.assign(agent, { state: draw.pick(["ready", "talking", "wrap_up", "not_ready"] as const), since: ago(0), with: null, reason: null });
  publish("board", "board.agent", agent);
}, Number(process.env.DEV_BOARD_MS ?? 1500)).unref();
