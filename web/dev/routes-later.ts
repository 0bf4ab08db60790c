import type { Attachment, Message, ScheduledReply } from "../src/shared/api/types.ts";
import { users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { id } from "./random.ts";
import { settings, threadOf, writeTo } from "./routes-chat.ts";

const lan = users[0] ?? { id: id(3, 0), name: "Lan" };
let rows: ScheduledReply[] = [];
let made = 0;

const find = (wanted: string | undefined): ScheduledReply => {
  const found = rows.find((row) => row.id === wanted && (row.state === "waiting" || row.state === "stopped"));
  if (!found) throw new Refusal(409, "already_sent");
  return found;
};
const changed = (row: ScheduledReply): ScheduledReply => {
  rows = [...rows.filter((one) => one.id !== row.id), { ...row, version: row.version + 1 }];
  publish(`conversation.${row.conversation_id}`, "scheduled.changed", { id: row.conversation_id });
  return row;
};
const send = (row: ScheduledReply): Message => {
  const message = writeTo(row.conversation_id, { author: "agent", user: row.user, body: row.body, attachments: row.attachments, client_id: row.client_id, data: row.grace ? {} : { planned: row.created_at } });
  changed({ ...row, state: "sent" });
  return message;
};
const answered = (row: ScheduledReply): boolean => threadOf(row.conversation_id).messages.some((one) => one.author === "customer" && one.at > row.created_at);

route("GET /conversations/:id/scheduled", ({ params }): ScheduledReply[] => rows.filter((row) => row.conversation_id === params["id"] && (row.state === "waiting" || row.state === "stopped")).map((row) => ({ ...row, answered: answered(row) })));
route("POST /conversations/:id/scheduled", ({ params, body }) => {
  const grace = body["due_at"] === null;
  const due_at = grace ? new Date(Date.now() + settings.undo_s * 1000).toISOString() : String(body["due_at"]);
  const row: ScheduledReply = {
    id: id(76, (made += 1)), conversation_id: params["id"] ?? "", user: { id: lan.id, name: lan.name }, body: String(body["body"]), heading: (body["heading"] ?? null) as ScheduledReply["heading"], attachments: [] as Attachment[],
    client_id: String(body["client_id"]), due_at, grace, only_if_unanswered: Boolean(body["only_if_unanswered"]), answered: false, state: "waiting", why: null, created_at: new Date().toISOString(), version: 1, may_change: true,
  };
  if (grace) setTimeout(() => rows.some((one) => one.id === row.id && one.state === "waiting") && send(row), settings.undo_s * 1000);
  return changed(row);
});
route("PATCH /conversations/:id/scheduled/:reply", ({ params, body }) => changed({ ...find(params["reply"]), due_at: String(body["due_at"]), only_if_unanswered: Boolean(body["only_if_unanswered"]), grace: false, state: "waiting", why: null }));
route("POST /conversations/:id/scheduled/:reply/send", ({ params }) => {
  const row = find(params["reply"]);
  send(row);
  return { ...row, state: "sent" };
});
route("DELETE /conversations/:id/scheduled/:reply", ({ params }) => changed({ ...find(params["reply"]), state: "withdrawn" }));

// Levers for screenshots and tests.
route("POST /__dev/undo", ({ body }) => void (settings.undo_s = Number(body["seconds"])));
route("POST /__dev/stopped", ({ body }) => void changed({ ...find(id(76, made)), state: "stopped", why: String(body["why"]) }));
