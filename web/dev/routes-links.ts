import type { Id, Links } from "../src/shared/api/types.ts";
import { users } from "./data.ts";
import { Refusal, route } from "./http.ts";
import { ago, id } from "./random.ts";
import { written } from "./routes-agent.ts";
import { changed, one } from "./routes-inbox.ts";

const FIRST: [Id, Id][] = [[id(73, 12), id(73, 4)]];
let pairs = FIRST;
let mergers = new Map<Id, string>();
const before = written.reset;
written.reset = () => {
  before();
  pairs = FIRST;
  mergers = new Map();
};

const linksOf = (wanted: string): Links => ({
  links: pairs.filter((pair) => pair.includes(wanted)).map(([left, right]) => ({ conversation: one(left === wanted ? right : left), by: { id: id(3, 4), name: users[4]?.name ?? "" }, at: ago(500) })),
  hidden: wanted === id(73, 12) ? 1 : 0,
});
const set = (left: string, right: string, linked: boolean): Links => {
  pairs = pairs.filter((pair) => !(pair.includes(left) && pair.includes(right)));
  if (linked) pairs = [...pairs, [left, right]];
  changed(one(left));
  changed(one(right));
  return linksOf(left);
};
route("GET /conversations/:id/links", ({ params }) => linksOf(params["id"] ?? ""));
route("PUT /conversations/:id/links/:other", ({ params }) => set(params["id"] ?? "", params["other"] ?? "", true));
route("DELETE /conversations/:id/links/:other", ({ params }) => set(params["id"] ?? "", params["other"] ?? "", false));

const mergedOf = (kept: string): Links => ({ links: [...mergers].filter(([other]) => one(other).merged_into === kept).map(([other, at]) => ({ conversation: one(other), by: { id: id(3, 0), name: users[0]?.name ?? "" }, at })), hidden: 0 });
route("GET /conversations/:id/merged", ({ params }) => mergedOf(params["id"] ?? ""));
route("PUT /conversations/:id/merged/:other", ({ params, body }) => {
  const [kept, other] = [one(params["id"]), one(params["other"])];
  if (other.state !== "closed") throw new Refusal(409, "merge_open", { detail: "The conversation that would be merged is still open." });
  if (kept.contact?.id !== other.contact?.id && !body["other_customer"]) throw new Refusal(409, "other_customer");
  mergers = mergers.set(other.id, new Date().toISOString());
  changed({ ...other, merged_into: kept.id });
  changed(kept);
  return mergedOf(kept.id);
});
route("DELETE /conversations/:id/merged/:other", ({ params }) => {
  mergers.delete(params["other"] ?? "");
  changed({ ...one(params["other"]), merged_into: null });
  changed(one(params["id"]));
  return mergedOf(params["id"] ?? "");
});

// Levers for screenshots and tests.
route("POST /__dev/merged", ({ body }) => {
  const other = one(id(73, Number(body["other"])));
  mergers = mergers.set(other.id, new Date().toISOString());
  changed({ ...other, merged_into: id(73, Number(body["kept"])) });
});
