import type { Call, Party, Watch } from "../src/shared/api/types.ts";
import { boardAgents, boardQueues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { id } from "./random.ts";
import { ALONE, endCall, setCall, theCall } from "./routes-agent.ts";

const now = (): string => new Date().toISOString();
const MINE = { id: users[0]?.id ?? "", name: users[0]?.name ?? "" };
let called = 0;
const callOf = (peer: Call["peer"]): Call => ({
  id: id(21, 900), interaction_id: id(9, 900), state: "talking", direction: "inbound", peer, started_at: now(), answered_at: now(), on_hold_since: null, muted: false, recording: "on", recording_by_agent: false, recording_pausable: false, recording_paused_until: null, queue: null, ...ALONE,
});

function partyOf(body: Record<string, unknown>): Party {
  called += 1;
  const number = typeof body["number"] === "string" ? body["number"] : null;
  const user = users.find((one) => one.id === body["id"]);
  return { id: id(41, called), user_id: user?.id ?? null, name: user?.name ?? "", number, national: number, state: "ringing", muted: body["listens"] === true, listens: body["listens"] === true, queue: null };
}

route("GET /call-destinations", ({ query }) => {
  const q = (query.get("q") ?? "").toLocaleLowerCase();
  const colleagues = boardAgents.map(({ user, state, since }, index) => ({ kind: "colleague" as const, id: user.id, name: user.name, extension: String(1001 + index), state: state === "talking" || state === "hold" ? "working" as const : state, since, waiting: null }));
  const lines = boardQueues.map(({ id: queue, name, waiting }) => ({ kind: "queue" as const, id: queue, name, extension: null, state: null, since: null, waiting }));
  const boxes = users.slice(1, 3).map((user) => ({ kind: "voicemail" as const, id: user.id, name: user.name, extension: null, state: null, since: null, waiting: null }));
  const places = [{ kind: "group" as const, id: id(43, 1), name: "Front desk", extension: "600" }, { kind: "room" as const, id: id(43, 2), name: "Morning meeting", extension: "650" }].map((one) => ({ ...one, state: null, since: null, waiting: null }));
  return [...colleagues.slice(1), ...lines, ...places, ...boxes].filter((row) => row.name.toLocaleLowerCase().includes(q));
});
route("POST /calls/:id/transfer", () => endCall());
route("POST /calls/:id/consult", ({ body }) => {
  setTimeout(() => theCall()?.together === "consult" && setCall({ parties: (theCall()?.parties ?? []).map((party) => ({ ...party, state: "talking" })) }), 400);
  return setCall({ state: "held", on_hold_since: now(), together: "consult", agent: MINE, parties: [partyOf(body)] });
});
route("POST /calls/:id/parties", ({ body }) => setCall({ together: "conference", agent: MINE, parties: [...(theCall()?.parties ?? []), { ...partyOf(body), state: "talking" }] }));
route("POST /calls/:id/consult/:command", ({ params }) => {
  if (params["command"] === "complete") return endCall();
  if (params["command"] === "swap") return setCall({ state: theCall()?.on_hold_since ? "talking" : "held", on_hold_since: theCall()?.on_hold_since ? null : now() });
  return setCall({ state: "talking", on_hold_since: null, ...(params["command"] === "merge" ? { together: "conference" } : ALONE) });
});
route("POST /calls/:id/parties/:party/:command", ({ params }) => {
  if (params["command"] === "lead") {
    const heir = (theCall()?.parties ?? []).find((party) => party.id === params["party"]);
    const led = partyOf({ id: MINE.id });
    return setCall({ agent: { id: heir?.user_id ?? "", name: heir?.name ?? "" }, parties: [...(theCall()?.parties ?? []).filter((party) => party !== heir), { ...led, state: "talking" }] });
  }
  const parties = (theCall()?.parties ?? []).filter((party) => party.id !== params["party"] || params["command"] !== "drop")
    .map((party) => party.id !== params["party"] ? party : { ...party, ...(params["command"] === "listen" || params["command"] === "speak" ? { listens: params["command"] === "listen" } : {}), muted: ["mute", "listen"].includes(params["command"] ?? "") || (!["unmute", "speak"].includes(params["command"] ?? "") && party.muted), state: params["command"] === "hold" ? "held" as const : "talking" as const });
  return setCall(parties.length > 0 ? { parties } : ALONE);
});
route("POST /calls/:id/leave", () => endCall());

let watch: Watch | null = null;
function setWatch(change: Partial<Watch>): Watch {
  if (!watch) throw new Refusal(409, "call_not_in_state");
  watch = { ...watch, ...change };
  publish("me", "watch.changed", watch);
  return watch;
}
route("GET /watch/me", () => watch);
route("POST /users/:id/watch", ({ params }) => {
  const agent = users.find((user) => user.id === params["id"]) ?? MINE;
  watch = { id: id(42, (called += 1)), agent: { id: agent.id, name: agent.name }, mode: "listen", state: "on", began_at: now(), call: callOf({ name: "Nguyễn Văn Đức", number: "+84912345678", national: "0912 345 678" }) };
  return setWatch({});
});
route("PUT /watch/me", ({ body }) => setWatch({ mode: body["mode"] as Watch["mode"] }));
route("DELETE /watch/me", () => {
  setWatch({ state: "gone" });
  watch = null;
});
