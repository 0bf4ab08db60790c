import type { Closable, Id } from "../src/shared/api/types.ts";
import { queues, users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { ago, id } from "./random.ts";

/** What can be closed at once: queues, hours, and emergency switches. */
const all: Closable[] = [
  ...queues.map((queue, index) => ({ kind: "queue" as const, id: queue.id, name: queue.name, waiting: index * 2, closing: null, by: null })),
  { kind: "calendar", id: id(63, 0), name: "Main hours", waiting: 0, closing: null, by: null },
  { kind: "switch", id: id(64, 0), name: "Storm", waiting: 0, closing: null, by: null },
];
const roots = { queues: "queue", calendars: "calendar", "closure-switches": "switch" } as const;
const find = (one: Id | undefined): Closable => {
  const row = all.find((row) => row.id === one);
  if (!row) throw new Refusal(404, "not_found");
  return row;
};
const put = new Map<Id, Closable>();

route("GET /closings", () => [...all].sort((a, b) => Number(a.closing === null) - Number(b.closing === null)));
for (const root of Object.keys(roots)) {
  route(`PUT /${root}/:id/closing`, ({ params, body }) => {
    const who = users[0];
    Object.assign(find(params["id"]), { closing: { since: ago(0), by: who?.id ?? null, exit: body["exit"] ?? "closed", prompt: body["prompt"] ?? null }, by: who ? { id: who.id, name: who.name } : null });
  });
  route(`DELETE /${root}/:id/closing`, ({ params }) => {
    Object.assign(find(params["id"]), { closing: null, by: null });
  });
}
route("POST /closure-switches", ({ body }) => {
  const name = String(body["name"]);
  if (all.some((row) => row.kind === "switch" && row.name === name)) throw new Refusal(422, "invalid", { errors: [{ field: "name", message: "This is taken already.", rule: "taken" }] });
  all.push({ kind: "switch", id: id(64, all.length), name, waiting: 0, closing: null, by: null });
  return all.at(-1);
});
route("DELETE /closure-switches/:id", ({ params }) => {
  const row = find(params["id"]);
  put.set(row.id, row);
  all.splice(all.indexOf(row), 1);
});
route("POST /closure-switches/:id/restore", ({ params }) => {
  const row = put.get(params["id"] ?? "");
  if (row) all.push(row);
  return row;
});
