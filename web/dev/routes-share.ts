import type { Share, Visit } from "../src/shared/api/types.ts";
import { Refusal, route } from "./http.ts";
import { publish } from "./hub.ts";
import { ago, id } from "./random.ts";
import { find, written } from "./routes-agent.ts";

/** What agents ask to be shown, by interaction. What is shown needs a real server. */
const shares = new Map<string, Share>();
/** What pages tell of visits, by interaction. */
const visits = new Map<string, Visit>();
let made = 0;
const before = written.reset;
written.reset = () => {
  before();
  shares.clear();
  visits.clear();
};

function put(share: Share): Share {
  shares.set(share.interaction_id, share);
  publish("me", "share.changed", share);
  return share;
}
const known = (share: string | undefined): Share => {
  const found = [...shares.values()].find((one) => one.id === share);
  if (!found) throw new Refusal(404, "not_found", { detail: "There is no such thing here." });
  return found;
};

route("GET /assignments/:id/shares", ({ params }) => [shares.get(find(params["id"] ?? "").interaction_id)].filter(Boolean));
route("POST /assignments/:id/shares", ({ params }) => {
  const { interaction_id } = find(params["id"] ?? "");
  const open = shares.get(interaction_id);
  if (open && open.state !== "over") return open;
  return put({ id: id(74, (made += 1)), interaction_id, kind: "cobrowse", state: "asked", asked_at: ago(0), began_at: null, ended_by: null, why: null, version: 1 });
});
route("POST /assignments/shares/:share/end", ({ params }) => put({ ...known(params["share"]), state: "over", ended_by: "agent", why: "withdrawn", version: 2 }));

const visitOf = (interaction_id: string): Visit => visits.get(interaction_id) ?? { interaction_id, told: [], version: 0 };
route("GET /assignments/:id/visit", ({ params }) => visitOf(find(params["id"] ?? "").interaction_id));

// Levers: the customer's page tells something, the customer answers.
route("POST /__dev/visit", ({ body }) => {
  const { interaction_id } = find(String(body["assignment"]));
  const visit = { ...visitOf(interaction_id), told: body["told"] as Visit["told"], version: visitOf(interaction_id).version + 1 };
  visits.set(interaction_id, visit);
  publish("me", "visit.told", visit);
});

route("POST /__dev/share-answer", ({ body }) => {
  const open = [...shares.values()].find((one) => one.state === "asked");
  if (!open) throw new Refusal(404, "not_found", { detail: "Nobody asked." });
  const why = body["why"] as Share["why"];
  return put(why ? { ...open, state: "over", ended_by: "customer", why, version: 2 } : { ...open, state: "on", began_at: ago(0), version: 2 });
});
