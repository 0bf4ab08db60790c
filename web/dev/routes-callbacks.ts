import type { Callback, CallbackFigures } from "../src/shared/api/types.ts";
import { contacts, queues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { ago, id } from "./random.ts";

const STATES = ["due", "waiting", "scheduled", "calling", "served", "failed", "cancelled", "called_again"] as const;
const OPEN: Callback["state"][] = ["due", "waiting", "scheduled", "calling"];
/** Callbacks in every state, some of them promised by an agent for a time. */
const callbacks: Callback[] = STATES.map((state, index) => {
  const contact = contacts[index * 5];
  const mine = state === "scheduled" || state === "due";
  const open = OPEN.includes(state);
  return {
    id: id(70, index), state, queue: mine ? null : (queues[index % queues.length] ?? null), user: mine ? (users[0] ?? null) : null, number: contact?.identities[0]?.value ?? "",
    contact: contact?.name && index % 3 ? { id: contact.id, name: contact.name } : null, time_zone: "Asia/Ho_Chi_Minh", note: mine ? "Hỏi về hợp đồng bảo trì, gọi lại sau 15 giờ" : "", asked_at: ago(3600 * (index + 1)), asked_by: mine ? (users[0] ?? null) : null,
    asked_in: mine ? null : id(9, index), due_at: state === "scheduled" ? ago(-7200) : state === "due" ? ago(120) : null, attempts: open ? 0 : index % 3, reason: null, interaction_id: open ? null : id(9, index), called_by: state === "served" ? (users[2] ?? null) : null,
    served_at: state === "served" ? ago(600) : null, closed_at: open ? null : ago(600), version: 1,
  };
});
const find = (wanted: string | undefined): Callback => {
  const row = callbacks.find((one) => one.id === wanted);
  if (!row) throw new Refusal(404, "not_found");
  return row;
};
route("GET /callbacks/reminders", () => ({ due: [] }));
route("GET /callbacks/figures", (): CallbackFigures[] => queues.map((queue, index) => ({ queue, asked: 20 + index, taken: 14, reached: 11, failed: 2, cancelled: 1, called_again: 1, open: 3 + index, to_callback_s: index ? 900 + index * 60 : null })));
route("GET /callbacks", ({ query }) => {
  const state = query.get("state") ?? "open";
  const fits = (row: Callback): boolean => state === "all" || row.state === state || (state === "open" ? OPEN.includes(row.state) : state === "closed" && !OPEN.includes(row.state));
  return { items: callbacks.filter(fits), next_cursor: null };
});
route("GET /callbacks/:id", ({ params }) => find(params["id"]));
route("PATCH /callbacks/:id", ({ params, body }) => Object.assign(find(params["id"]), { due_at: body["due_at"], state: "scheduled" }));
route("POST /callbacks/:id/cancel", ({ params }) => Object.assign(find(params["id"]), { state: "cancelled", closed_at: ago(0) }));
