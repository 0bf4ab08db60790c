import type { Assignment, Attachment, Message, Thread, ThreadBrief } from "../src/shared/api/types.ts";
import { contacts, queues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { ago, id } from "./random.ts";
import { find, keepThread, offer, setAssignment, written } from "./routes-agent.ts";

interface Conversation { id: string; messages: Message[]; seen: number; read: number; held: string | null }
const threads = new Map<string, Conversation>();
const lan = users[0] ?? { id: id(3, 0), name: "Lan" };
let made = 0;
let typed = 0;

const SMALL_TALK: [Message["author"], string][] = [
  ["customer", "Chào shop, đơn hàng 4711 của em đến đâu rồi ạ?"], ["bot", "Chào bạn! Mình là trợ lý của Sao Mai. Bạn cần hỏi về việc gì?"], ["customer", "Giao hàng"],
  ["agent", "Chào bạn, mình kiểm tra ngay nhé."], ["agent", "Đơn đang ở kho Bình Thạnh, dự kiến giao chiều nay. Theo dõi tại https://saomai.example/track/4711."], ["customer", "Dạ em cảm ơn. Nếu em vắng nhà thì sao ạ?"],
  ["agent", "Bưu tá sẽ gọi trước 30 phút. Bạn có thể hẹn lại giờ, hoặc nhờ người nhà nhận giúp; nếu không ai nhận được thì hàng về kho và hôm sau giao lại, không mất phí."],
];
function message(thread: Conversation, part: Partial<Message>, at: string): Message {
  const row: Message = { id: id(71, (made += 1)), conversation_id: thread.id, seq: thread.messages.length + 1, author: "customer", user: null, kind: "text", body: "", data: {}, attachments: [], client_id: null, at, ...part };
  thread.messages.push(row);
  if (row.author === "customer") thread.seen = row.seq;
  if (row.author === "agent") thread.read = row.seq;
  return row;
}
function begun(threadId: string, exchanges: number, first = 26 * 3600): Conversation {
  const thread: Conversation = { id: threadId, messages: [], seen: 0, read: 0, held: null };
  threads.set(threadId, thread);
  for (let index = 0; index < exchanges; index += 1) {
    const [author, body] = SMALL_TALK[index % SMALL_TALK.length] ?? ["customer", ""];
    const at = ago(first - index * (first / (exchanges + 4)));
    message(thread, { author, body, user: author === "agent" ? lan : null, data: author === "bot" ? { choices: [{ key: "1", label: "Giao hàng" }, { key: "2", label: "Đổi trả" }], exchange: "00000000-0000-7000-8000-000000000901" } : {} }, at);
    if (index % SMALL_TALK.length === 2) message(thread, { author: "system", kind: "event", data: { event: "joined" }, user: lan }, at);
    if (index % SMALL_TALK.length === 5) message(thread, { author: "agent", kind: "note", body: "Khách quen, đã đổi địa chỉ một lần.", user: lan }, at);
  }
  return thread;
}
const find_ = (threadId: string | undefined): Conversation => {
  const known = threads.get(threadId ?? "");
  if (known) return known;
  // The log's chats: made when somebody looks.
  const thread = begun(threadId ?? "", 60);
  message(thread, { author: "system", kind: "event", data: { event: "ended" }, user: lan }, ago(3000));
  return thread;
};
const brief = (thread: Conversation): ThreadBrief => {
  const last = thread.messages.findLast((one) => one.kind === "text");
  return { conversation_id: thread.id, unread: thread.messages.filter((one) => one.seq > thread.read && one.author === "customer").length, last_author: last?.author ?? null, preview: last?.body ?? "", last_at: last?.at ?? null };
};
const told = (thread: Conversation): void => {
  if (keepThread(brief(thread))) publish("me", "thread.changed", brief(thread));
};
function write(thread: Conversation, part: Partial<Message>): Message {
  const row = message(thread, part, new Date().toISOString());
  publish(`conversation.${thread.id}`, "message.written", row);
  told(thread);
  return row;
}
/** For so many seconds what is sent can be taken back. */
export const settings = { undo_s: 0 };
export const threadOf = (threadId: string): Conversation => find_(threadId);
export const writeTo = (threadId: string, part: Partial<Message>): Message => write(find_(threadId), part);
const seen = (thread: Conversation): { id: string; seen_seq: number; read_seq: number } => ({ id: thread.id, seen_seq: thread.seen, read_seq: thread.read });

written.accepted = (row) => {
  const thread = threads.get(row.thread?.conversation_id ?? "");
  if (!thread) return;
  thread.held = row.id;
  write(thread, { author: "system", kind: "event", data: { event: "joined" }, user: lan });
};
written.reset = () => {
  threads.clear();
  made = typed = 0;
};
function ended(thread: Conversation, user: Message["user"]): void {
  const row = thread.held ? find(thread.held) : null;
  thread.held = null;
  write(thread, { author: "system", kind: "event", data: { event: "ended" }, user });
  if (row) setAssignment({ ...find(row.id), state: "wrap_up", wrap_up_ends_at: ago(-45) });
}
route("GET /conversations/:id/messages", ({ params, query }): Thread => {
  const thread = find_(params["id"]);
  const before = Number(query.get("before") ?? Infinity);
  const limit = Number(query.get("limit") ?? 50);
  const rows = thread.messages.filter((one) => one.seq < before);
  return { id: thread.id, messages: rows.slice(-limit), more: rows.length > limit, last_seq: thread.messages.length, seen_seq: thread.seen, read_seq: thread.read, writable: thread.held !== null, undo_s: settings.undo_s };
});
route("POST /conversations/:id/messages", ({ params, body }) => {
  const thread = find_(params["id"]);
  const again = thread.messages.find((one) => one.client_id === body["client_id"]);
  if (again) return again;
  if (!thread.held && body["kind"] !== "note") throw new Refusal(409, "not_yours", { detail: "Only who has the contact in hand can write to the customer." });
  if (body["body"] === "refuse this") throw new Refusal(422, "invalid", { errors: [{ field: "body", message: "This cannot be sent." }] });
  const attachments = ((body["attachments"] ?? []) as string[]).flatMap((one) => files.get(one) ?? []);
  const mentions = ((body["mentions"] ?? []) as string[]).map((one) => ({ id: one, name: users.find((user) => user.id === one)?.name ?? "", told: true }));
  return write(thread, { author: "agent", user: lan, data: mentions.length > 0 ? { mentions } : {}, kind: body["kind"] as Message["kind"], body: String(body["body"]), attachments, client_id: String(body["client_id"]) });
});

/** Of files it is known what they are called; pictures are all the same one. */
const files = new Map<string, Attachment>();
const PIXELS = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAGAAAABACAMAAADS6oI8AAAABlBMVEUvb0/y8OSOE8a5AAAAKUlEQVR42u3NMQEAAAgDoNm/tB089ggFSACAx+ZGIBAIBAKBoB0AAG0LE7QE8mUoJicAAAAASUVORK5CYII=", "base64");
function kept(name: string, size: number): Attachment {
  const shown = /\.(png|jpe?g|gif|webp)$/i.test(name);
  const row: Attachment = { id: id(73, files.size + 1), name, media_type: shown ? "image/png" : "application/pdf", size, shown, content_id: null };
  files.set(row.id, row);
  return row;
}
route("POST /conversations/:id/attachments", ({ query, raw }) => {
  const name = query.get("name") ?? "";
  if (name.endsWith(".exe")) throw new Refusal(415, "file_kind", { detail: "Files of this kind cannot be sent." });
  return kept(name, Number(raw.headers["content-length"] ?? 0));
});
route("GET /conversations/:id/attachments/:file", ({ params }) => ({ raw: PIXELS, type: files.get(params["file"] ?? "")?.media_type ?? "" }));
route("POST /conversations/:id/seen", ({ params, body }) => {
  const thread = find_(params["id"]);
  thread.read = Math.max(thread.read, Number(body["seq"]));
  told(thread);
  return seen(thread);
});
route("POST /assignments/:id/end", ({ params }) => {
  const row = find(params["id"] ?? "");
  ended(find_(row.thread?.conversation_id), lan);
});
route("POST /assignments/:id/transcript", ({ params, body }) => {
  if (!String(body["email"]).includes("@")) throw new Refusal(422, "invalid", { errors: [{ field: "email", message: "Write an e-mail address." }] });
  write(find_(find(params["id"] ?? "").thread?.conversation_id), { author: "system", user: lan, kind: "event", data: { event: "transcript", to: body["email"] } });
});
route("POST /assignments/:id/send-on", ({ params }) => {
  const row = find(params["id"] ?? "");
  const thread = find_(row.thread?.conversation_id);
  thread.held = null;
  write(thread, { author: "system", user: lan, kind: "event", data: { event: "left" } });
  setAssignment({ ...row, state: "wrap_up", wrap_up_ends_at: ago(-45) });
});
route("POST /assignments/:id/typing", () => void (typed += 1));

// Levers for screenshots and tests: a visitor comes, writes, types, sees, leaves.
const nth = (body: Record<string, unknown>): Conversation => find_(id(72, Number(body["chat"] ?? 1)));
route("POST /__dev/chat", ({ body }): Assignment => {
  const number = threads.size + 1;
  const thread = begun(id(72, number), Number(body["exchanges"] ?? 3), Number(body["since_s"] ?? 240));
  message(thread, { body: String(body["body"] ?? "Em muốn đổi giờ giao hàng ạ") }, ago(40));
  const contact = contacts[number + 20];
  return offer({
    channel: "webchat", queue: { id: id(1, 6), name: queues[4]?.name ?? "Chats" }, number: null, candidates: [], call_id: null, waited_s: 35, skills: [], flow_answers: [{ label: "topic", value: "Giao hàng" }],
    contact: body["anonymous"] || !contact ? null : { id: contact.id, name: contact.name || "Trần Bình", company: null }, peer_name: "", peer_verified: Boolean(body["verified"]), thread: brief(thread),
  });
});
route("POST /__dev/chat-writes", ({ body }) => write(nth(body), { body: String(body["body"]), attachments: ((body["files"] ?? []) as string[]).map((name) => kept(name, 48_213)) }));
route("POST /__dev/chat-types", ({ body }) => publish(`conversation.${nth(body).id}`, "customer.typing", { conversation_id: nth(body).id }));
route("POST /__dev/chat-sees", ({ body }) => {
  const thread = nth(body);
  thread.seen = thread.messages.length;
  publish(`conversation.${thread.id}`, "messages.seen", seen(thread));
});
route("POST /__dev/chat-leaves", ({ body }) => ended(nth(body), null));
route("POST /__dev/chat-state", ({ body }) => ({ typed, messages: nth(body).messages }));
