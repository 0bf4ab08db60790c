import type { Id, Links } from "../src/shared/api/types.ts";
import { users } from "./data.ts";
import { route } from "./http.ts";
import { ago, id } from "./random.ts";
import { written } from "./routes-agent.ts";
import { changed, one } from "./routes-inbox.ts";

const FIRST: [Id, Id][] = [[id(73, 12), id(73, 4)]];
let pairs = FIRST;
const before = written.reset;
written.reset = () => {
  before();
  pairs = FIRST;
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
