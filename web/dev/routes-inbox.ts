import type { Colleague, Conversation, ConversationChange, InboxCounts, InboxView, ManyChanged, Mentionable, Page, Reply } from "../src/shared/api/types.ts";
import { contacts, queues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { ago, id } from "./random.ts";
import { find, setAssignment, written } from "./routes-agent.ts";

const STATES = ["open", "waiting", "closed", "bot", "closed", "open"] as const;
const SAID = ["Em muốn đổi giờ giao hàng ạ", "Where is my parcel? The link that you sent shows nothing since yesterday noon.", "Дякую, все гаразд!", "Đơn hàng 4711 bị thiếu một món", "Hello?", "Чи можна замінити розмір?"];
let rows: Conversation[] = [];

const lan = { id: id(3, 0), name: users[0]?.name ?? "Lan" };
const chats = { id: id(1, 4), name: queues[4]?.name ?? "Chats" };

function made(index: number): Conversation {
  const state = STATES[index % STATES.length] ?? "open";
  const contact = contacts[index];
  const agent = state === "waiting" || state === "bot" ? null : index % 12 === 0 ? lan : { id: id(3, 1 + (index % 9)), name: users[1 + (index % 9)]?.name ?? "" };
  return {
    id: id(73, index), channel: "webchat", state, contact: contact ? { id: contact.id, name: contact.name || `Khách ${index}` } : null, number: null, peer_name: "", peer_verified: index % 4 === 1, queue: state === "bot" ? null : chats, agent,
    last_author: index % 3 === 2 ? "agent" : "customer", subject: "", preview: SAID[index % SAID.length] ?? "", last_at: ago(40 + index * index * 7), unread: state === "waiting" ? 1 + (index % 3) : 0, opened_at: ago(90_000), tags: index % 5 === 0 ? ["VIP", "giao hàng"] : [], merged_into: null, snoozed_until: null, scheduled_at: index === 1 ? ago(-7200) : null, stopped: index === 5, following: index === 2, news: index === 2 ? 2 : 0, mentioned: index === 3, may_take: state === "waiting",
  };
}
const before = written.reset;
written.reset = () => {
  before();
  replies = REPLIES;
  kept = [];
  rows = Array.from({ length: 400 }, (_, index) => made(index));
};
rows = Array.from({ length: 400 }, (_, index) => made(index));

export const changed = (row: Conversation): Conversation => {
  rows = [row, ...rows.filter((one) => one.id !== row.id)].sort((one, other) => other.last_at.localeCompare(one.last_at));
  publish("inbox", "conversation.changed", { id: row.id });
  return row;
};
export const one = (wanted: string | undefined): Conversation => {
  const found = rows.find((row) => row.id === wanted);
  if (!found) throw new Refusal(404, "not_found");
  return found;
};

route("GET /conversations", ({ query }): Page<Conversation> => {
  const states = query.getAll("state");
  const q = (query.get("q") ?? "").toLowerCase();
  const found = rows.filter((row) => !row.merged_into && (states.length === 0 || states.includes(row.state)) && (!query.get("mine") || row.agent?.id === lan.id) && (!query.get("unread") || row.unread > 0)
    && (!query.get("contact_id") || row.contact?.id === query.get("contact_id")) && (!query.get("tag") || row.tags.includes(query.get("tag") ?? "")) && (!query.has("snoozed") || (query.get("snoozed") === "true") === (row.snoozed_until !== null))
    && (!query.get("followed") || row.following) && (!query.get("mentioned") || row.mentioned)
    && (!query.get("scheduled") || row.scheduled_at !== null || row.stopped)
    && (!query.get("user_id") || row.agent?.id === query.get("user_id")) && (!q || `${row.contact?.name ?? ""} ${row.preview}`.toLowerCase().includes(q)));
  const from = Number(query.get("cursor") ?? 0);
  return { items: found.slice(from, from + 50), next_cursor: from + 50 < found.length ? String(from + 50) : null };
});
route("PATCH /conversations", ({ body }): ManyChanged => {
  const before: ConversationChange[] = [];
  const refused: ManyChanged["refused"] = [];
  for (const change of body["changes"] as ConversationChange[]) {
    const row = one(change.id);
    const { add = [], remove = [] } = change;
    if (change.snoozed_until && row.state === "waiting") {
      refused.push({ id: row.id, code: "not_in_state" });
      continue;
    }
    before.push({ id: row.id, add: row.tags.filter((tag) => remove.includes(tag)), remove: add.filter((tag) => !row.tags.includes(tag)), ...(change.snoozed_until === undefined ? {} : { snoozed_until: row.snoozed_until }) });
    changed({ ...row, tags: [...new Set([...row.tags.filter((tag) => !remove.includes(tag)), ...add])], snoozed_until: change.snoozed_until === undefined ? row.snoozed_until : change.snoozed_until });
  }
  return { before, refused };
});
let kept: InboxView[] = [];
route("GET /inbox-views", () => kept);
route("POST /inbox-views", ({ body }): InboxView => {
  if (kept.some((view) => view.name === body["name"])) throw new Refusal(422, "invalid", { errors: [{ field: "name", message: "This is taken already.", rule: "taken" }] });
  const view: InboxView = { id: id(75, kept.length + 1), name: String(body["name"]), narrowing: body["narrowing"] as InboxView["narrowing"], user_id: body["shared"] ? null : lan.id, archived: false, version: 1 };
  kept = [...kept, view];
  return view;
});
route("DELETE /inbox-views/:id", ({ params }) => void (kept = kept.filter((view) => view.id !== params["id"])));
route("GET /conversations/counts", (): InboxCounts => ({
  mine: rows.filter((row) => row.state === "open" && row.agent?.id === lan.id).length, waiting: rows.filter((row) => row.state === "waiting").length,
  open: rows.filter((row) => row.state !== "closed").length, unread: rows.filter((row) => row.unread > 0).length, snoozed: rows.filter((row) => row.snoozed_until).length, followed: rows.filter((row) => row.news > 0).length, mentioned: rows.filter((row) => row.mentioned).length, scheduled: rows.filter((row) => row.scheduled_at ?? row.stopped).length,
}));
route("GET /conversations/tags", () => ["VIP", "giao hàng", "повернення"]);
route("GET /conversations/:id", ({ params }) => one(params["id"]));
route("PUT /conversations/:id/follow", ({ params }) => changed({ ...one(params["id"]), following: true }));
route("DELETE /conversations/:id/follow", ({ params }) => changed({ ...one(params["id"]), following: false, news: 0 }));
route("GET /conversations/:id/mentionable", ({ query }): Mentionable[] => users.slice(1).filter((user) => user.name.toLowerCase().includes((query.get("q") ?? "").toLowerCase())).slice(0, 6).map((user, index) => ({ id: user.id, name: user.name, reads: index !== 1 })));
route("POST /conversations/:id/here", () => undefined);

route("PUT /conversations/:id/tags", ({ params, body }) => changed({ ...one(params["id"]), tags: body["tags"] as string[] }));
route("PUT /conversations/:id/snooze", ({ params, body }) => changed({ ...one(params["id"]), snoozed_until: String(body["until"]) }));
route("DELETE /conversations/:id/snooze", ({ params }) => changed({ ...one(params["id"]), snoozed_until: null }));
route("POST /conversations/:id/take", ({ params }) => {
  const row = one(params["id"]);
  if (row.state !== "waiting") throw new Refusal(409, "offer_gone");
  changed({ ...row, state: "open", agent: lan, may_take: false, unread: 0 });
});
const colleagues = (): Colleague[] => users.slice(1, 12).map((user, index) => ({ id: user.id, name: user.name, ready: index % 3 === 0, room: index % 4 !== 3 }));
route("GET /conversations/:id/agents", colleagues);
route("POST /conversations/:id/assign", ({ params, body }) => void changed({ ...one(params["id"]), state: "open", agent: users.find((user) => user.id === body["user_id"]) ?? lan, may_take: false }));
route("GET /assignments/:id/colleagues", colleagues);
route("POST /assignments/:id/hand-over", ({ params, body }) => void setAssignment({ ...find(params["id"] ?? ""), handing_to: { id: String(body["user_id"]), name: users.find((user) => user.id === body["user_id"])?.name ?? "" } }));
route("DELETE /assignments/:id/hand-over", ({ params }) => void setAssignment({ ...find(params["id"] ?? ""), handing_to: null }));

const REPLIES: Reply[] = [["hello", "Chào bạn, mình là Lan. Mình giúp gì được cho bạn ạ?"], ["hours", "We are here from 8 to 18 on workdays."], ["bye", "Thank you for writing!"]].map(([code, text], index) => ({ id: id(74, index), code: code ?? "", text: text ?? "", own: index === 2 }));
let replies = REPLIES;
route("GET /conversations/:id/replies", ({ query }) => replies.filter((reply) => `${reply.code} ${reply.text}`.toLowerCase().includes((query.get("q") ?? "").toLowerCase())));
route("POST /own-replies", ({ body }) => {
  const made = { id: id(74, replies.length), code: String(body["code"]), text: Object.values(body["body"] as Record<string, string>)[0] ?? "", own: true };
  replies = [...replies, made];
  return made;
});
route("DELETE /own-replies/:id", ({ params }) => void (replies = replies.filter((reply) => reply.id !== params["id"])));

// Levers for screenshots and tests.
route("POST /__dev/mentioned", ({ body }) => {
  const row = changed({ ...one(id(73, Number(body["number"]))), mentioned: true, following: true });
  publish("me", "colleague.mentioned", { conversation_id: row.id, by: users[4] });
});
route("POST /__dev/inbox-writes", ({ body }) => changed({ ...one(id(73, Number(body["number"]))), preview: String(body["body"]), last_author: "customer", last_at: new Date().toISOString(), unread: 1 }));
route("POST /__dev/inbox-here", ({ body }) => publish(`conversation.${id(73, Number(body["number"]))}`, "colleague.here", { conversation_id: id(73, Number(body["number"])), user: users[5], doing: body["doing"] }));
