import type { BlendHeld, Blending, BoardAlert, Id, QueueStaff, Staffed, Staffing } from "../src/shared/api/types.ts";
import { boardAgents, contacts, number, queues, reasons, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish, seq } from "./hub.ts";
import { ago, id } from "./random.ts";

/** What a supervisor does on the floor: agents up close, their states, who is in which queue. */
const find = (userId: string | undefined) => {
  const tile = boardAgents.find(({ user }) => user.id === userId);
  if (!tile) throw new Refusal(404, "not_found");
  return tile;
};
const chosen = new Map<Id, { state: "ready" | "not_ready" | "offline"; reason: (typeof reasons)[0] | null }>();
const presenceOf = (userId: Id) => {
  const tile = find(userId);
  const shown = tile.state === "talking" || tile.state === "hold" ? "working" : tile.state;
  const mine = chosen.get(userId) ?? { state: shown === "not_ready" || shown === "offline" ? shown : "ready", reason: null };
  return { user_id: userId, ...mine, shown, channels: { voice: true }, since: tile.since, connected: tile.registered, missed_offers: 0 };
};
route("GET /live/agents/:id", ({ params }) => {
  const tile = find(params["id"]);
  const index = boardAgents.indexOf(tile);
  return {
    tile, presence: presenceOf(tile.user.id),
    contact: tile.with && { interaction_id: id(9, index), direction: "inbound", phase: tile.state === "hold" ? "hold" : "talk", since: tile.since, number: number(index).e164, contact: contacts[index]?.name ?? null, queue: tile.with.queue },
    day: { figures: { handled: 21, talk_s: 7240, hold_s: 310, wrap_up_s: 930, aht_s: 404, occupancy: 0.78, ready_s: 2350, not_ready_s: 1400, missed: 2, internal: 1, internal_s: 95 }, segments: [], results: [] },
  };
});
route("GET /users/:id/presence", ({ params }) => presenceOf(find(params["id"]).user.id));
route("PUT /users/:id/presence", ({ params, body }) => {
  const tile = find(params["id"]);
  const state = body["state"] as "ready" | "not_ready" | "offline";
  const reason = reasons.find((one) => one.id === body["reason_id"]) ?? null;
  chosen.set(tile.user.id, { state, reason });
  if (!tile.with) Object.assign(tile, { state, reason: reason && { en: reason.name }, since: ago(0) });
  publish("board", "board.agent", { ...tile });
  return presenceOf(tile.user.id);
});
route("POST /users/:id/sign-out", ({ params }) => {
  const tile = find(params["id"]);
  Object.assign(tile, { state: "offline", reason: null, since: ago(0), with: null, registered: false });
  publish("board", "board.agent", { ...tile });
});

const staff: QueueStaff[] = queues.map((queue, index) => ({
  ...queue, named: users.slice(index * 4, index * 4 + 14).map((user) => user.id), by_skills: index === 2 ? users.slice(0, 5).map((user) => user.id) : [],
}));
route("GET /queues/staff", () => staff);
route("POST /queues/staff", ({ body }) => {
  const { add = [], remove = [] } = body as unknown as Staffing;
  const inQueue = (queueId: Id) => staff.find((queue) => queue.id === queueId) ?? { named: [] as Id[] };
  const done: Staffed = { added: [], removed: [] };
  for (const place of remove) {
    const at = inQueue(place.queue_id).named.indexOf(place.user_id);
    if (at < 0) continue;
    inQueue(place.queue_id).named.splice(at, 1);
    done.removed.push({ ...place, position: at });
  }
  for (const place of add) {
    if (inQueue(place.queue_id).named.includes(place.user_id)) continue;
    inQueue(place.queue_id).named.push(place.user_id);
    done.added.push({ ...place, position: null });
  }
  return done;
});

const blend: Blending = {
  everybody: null, may_all: true,
  teams: ["Morning", "Evening"].map((name, index) => ({ id: id(61, index), name, rule: null })),
  agents: users.map((user) => ({ user_id: user.id, rule: { mode: "as_they_come", after_s: null, under_level: false }, whose: "usual", due: 0 })),
};
route("GET /blending", () => blend);
route("GET /blending/mine", () => blend.agents[0]);
route("PUT /blending", ({ body }) => ({
  before: (body as unknown as { rules: BlendHeld[] }).rules.map((held) => {
    const agent = blend.agents.find((one) => one.user_id === held.user_id);
    const before = { ...held, rule: agent ? (agent.whose === "own" ? agent.rule : null) : null };
    if (agent) Object.assign(agent, held.rule ? { rule: held.rule, whose: "own" } : { rule: { mode: "as_they_come", after_s: null, under_level: false }, whose: "usual" });
    else Object.assign(held.team_id ? (blend.teams.find((team) => team.id === held.team_id) ?? {}) : {}, { rule: held.rule });
    return before;
  }),
}));

const lan = users[1] ?? users[0];
const alerts: BoardAlert[] = (["waiting", "longest_wait", "service_level", "talking", "not_ready"] as const).map((measure, index) => ({
  id: id(50, index), measure, severity: index % 2 ? "warning" : "critical", threshold: [10, 60, 0.7, 900, 2700][index] ?? 1, value: [12, 61, 0.58, 902, 2701][index] ?? 1, worst: null,
  queue: index < 3 ? (queues[2] ?? null) : null, user: index < 3 ? null : { id: users[index]?.id ?? "", name: users[index]?.name ?? "" }, reason: index === 4 ? { en: "Lunch" } : null,
  raised_at: ago(60 + index * 200), cleared_at: null, acknowledged_at: index === 2 ? ago(30) : null, acknowledged_by: index === 2 && lan ? { id: lan.id, name: lan.name } : null,
}));
route("GET /live/alerts", () => ({ seq: seq(), alerts }));
route("GET /live/alerts/log", () => ({ items: alerts.map((alert, index) => (index < 2 ? alert : { ...alert, cleared_at: ago(10), worst: alert.value * 1.2 })), next_cursor: null }));
route("DELETE /live/alerts/:id/acknowledge", ({ params }) => {
  const alert = alerts.find((one) => one.id === params["id"]);
  if (!alert) throw new Refusal(404, "not_found");
  Object.assign(alert, { acknowledged_at: null, acknowledged_by: null });
  publish("alerts", "alert.changed", { ...alert });
  return alert;
});
route("POST /live/alerts/:id/acknowledge", ({ params }) => {
  const alert = alerts.find((one) => one.id === params["id"]);
  if (!alert || !users[0]) throw new Refusal(404, "not_found");
  Object.assign(alert, { acknowledged_at: ago(0), acknowledged_by: { id: users[0].id, name: users[0].name } });
  publish("alerts", "alert.changed", { ...alert });
  return alert;
});
