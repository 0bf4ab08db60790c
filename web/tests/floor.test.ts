import { describe, expect, it } from "vitest";
import { withAlert } from "@/features/analytics/api/alerts";
import { between } from "@/shared/choosing";
import { pagesOf, teamsOf, wallSearch } from "@/features/analytics/components/wall/pages";
import { movesOf, requestOf } from "@/features/routing/components/moves";
import type { Board, BoardAgent, BoardAlert, BoardQueue, QueueStaff } from "@/shared/api/types";

const ID = "01900001-0000-7000-8000-00000000000";
const queue = (number: number): BoardQueue => ({ id: `${ID}${number}`, name: `Q${number}` }) as BoardQueue;
const agent = (name: string, team: string | null, state: BoardAgent["state"]): BoardAgent => ({ user: { id: name, name }, team, state }) as BoardAgent;

describe("choosing several", () => {
  const ids = ["a", "b", "c", "d"];
  it("takes all between two, whichever comes first", () => {
    expect(between(ids, "b", "d")).toEqual(["b", "c", "d"]);
    expect(between(ids, "d", "b")).toEqual(["b", "c", "d"]);
  });
  it("takes only the second when the first has gone from the list", () => {
    expect(between(ids, "gone", "c")).toEqual(["c"]);
    expect(between(ids, null, "c")).toEqual(["c"]);
  });
});

describe("moving between queues", () => {
  const staff: QueueStaff[] = [
    { id: "sales", name: "Sales", named: ["lan", "minh"], by_skills: [] },
    { id: "vip", name: "VIP", named: ["lan"], by_skills: ["lan", "minh"] },
  ];
  it("says only what really changes, and who stays by skills", () => {
    const moves = movesOf(staff, ["lan", "minh", "emma"], { sales: "add", vip: "remove" });
    expect(moves.map(({ queue: { name }, add, remove, stay }) => ({ name, add, remove, stay }))).toEqual([
      { name: "Sales", add: ["emma"], remove: [], stay: [] },
      { name: "VIP", add: [], remove: ["lan"], stay: ["lan", "minh"] },
    ]);
    expect(requestOf(moves)).toEqual({ add: [{ queue_id: "sales", user_id: "emma" }], remove: [{ queue_id: "vip", user_id: "lan" }] });
  });
  it("asks for nothing when all is so already", () => expect(movesOf(staff, ["lan"], { sales: "add", vip: "keep" })).toEqual([]));
});

describe("the wall", () => {
  const board = { queues: [1, 2, 3, 4, 5].map(queue), agents: [agent("a", "Day", "ready"), agent("b", "Day", "hold"), agent("c", "Night", "offline"), agent("d", null, "ready")] } as Board;
  it("turns few queues a page, then the teams", () => {
    const shape = pagesOf(board, {}).map((page) => (page.kind === "queues" ? page.queues.length : page.teams.map((team) => team.name)));
    expect(shape).toEqual([4, 1, ["Day", "Night"]]);
  });
  it("shows the queues of the address in its order, and leaves out what is not there", () => {
    const pages = pagesOf(board, wallSearch({ queues: `${ID}3,${ID}9,${ID}1,rubbish`, teams: false }));
    expect(pages).toEqual([{ kind: "queues", queues: [queue(3), queue(1)] }]);
  });
  it("counts who is on hold as talking, and nobody who is offline", () => {
    expect(teamsOf(board.agents)).toEqual([{ name: "Day", ready: 1, talking: 1, wrap_up: 0, not_ready: 0 }, { name: "Night", ready: 0, talking: 0, wrap_up: 0, not_ready: 0 }]);
  });
  it("reads an address that anybody may have written", () => {
    expect(wallSearch({ every: "7" })).toEqual({ every: 7 });
    expect(wallSearch({ every: 1 })).toEqual({ every: 5 });
    expect(wallSearch({ every: 0 })).toEqual({ every: 0 });
    expect(wallSearch({ every: "soon", queues: ["x"], teams: "yes" })).toEqual({});
  });
});

describe("open alerts", () => {
  const alert = (id: string, more: Partial<BoardAlert> = {}): BoardAlert => ({ id, cleared_at: null, acknowledged_at: null, ...more }) as BoardAlert;
  const open = { seq: "1", alerts: [alert("a"), alert("b")] };
  const ids = (one: BoardAlert) => withAlert(open, one).alerts.map(({ id }) => id);
  it("put a new one first, keep the place of a known one, and drop a cleared one", () => {
    expect(ids(alert("c"))).toEqual(["c", "a", "b"]);
    expect(ids(alert("b", { acknowledged_at: "2026-01-05T00:00:00Z" }))).toEqual(["a", "b"]);
    expect(ids(alert("a", { cleared_at: "2026-01-05T00:00:00Z" }))).toEqual(["b"]);
    expect(ids(alert("z", { cleared_at: "2026-01-05T00:00:00Z" }))).toEqual(["a", "b"]);
  });
});
