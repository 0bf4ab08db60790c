import { laterChoices } from "@/features/conversations/later";
import { beforeAll, describe, expect, it } from "vitest";
import { totalsOf } from "@/features/analytics/components/Totals";
import { heatOf } from "@/features/analytics/components/QueueTile";
import { fold } from "@/features/analytics/realtime/board";
import { layout } from "@/features/flows/components/layout";
import { replaceById } from "@/features/routing/api/assignments";
import { fittingFirst, proposed } from "@/features/routing/components/fitting";
import { weekText, wrongPeriods } from "@/shared/admin/week/week";
import { callSearch } from "@/screens/calls/search";
import { startOf } from "@/screens/contacts/NewContact";
import { matches } from "@/shared/actions/registry";
import type { Assignment, Board, BoardQueue, Disposition } from "@/shared/api/types";
import { dayStart } from "@/shared/format/day";
import { matchParts } from "@/shared/format/match";
import { dialable, linkedNumber, loadNumberingPlans, phoneText } from "@/shared/format/phone";
import { foldText } from "@/shared/format/text";
import { clockText, durationText, instantIn, relativeText } from "@/shared/format/time";

describe("putting a conversation aside", () => {
  it("goes by the reader's clock, over a change of the clocks, and next Monday is never today", () => {
    const kyiv = laterChoices(Date.parse("2026-10-24T20:30:00Z"), "Europe/Kyiv");
    expect(kyiv.map((one) => one.at)).toEqual(["2026-10-24T21:30:00.000Z", "2026-10-24T23:30:00.000Z", "2026-10-25T07:00:00.000Z", "2026-10-26T07:00:00.000Z"]);
    const monday = laterChoices(Date.parse("2026-11-30T01:00:00Z"), "Asia/Ho_Chi_Minh");
    expect(monday[3]?.at).toBe("2026-12-07T02:00:00.000Z");
  });
});

describe("results", () => {
  const result = (id: string, work: Disposition["work"], suggested_for: Disposition["suggested_for"] = []): Disposition => ({ id, label: id, code: id, parent_id: null, requires_note: false, consequence: null, consequence_days: null, work, suggested_for });
  const tree = [result("sale", []), result("lost", ["inbound"], ["busy"]), result("busy", ["outbound"], ["busy"]), result("any", [], ["busy"])];
  it("puts those for this kind of contact first, those for others last", () => {
    expect(fittingFirst(tree, { work: "outbound", ending: null }).map(({ id }) => id)).toEqual(["busy", "sale", "any", "lost"]);
    expect(fittingFirst(tree, { work: null, ending: null }).map(({ id }) => id)).toEqual(["sale", "any", "lost", "busy"]);
  });
  it("proposes what fits how the call went, and nothing otherwise", () => {
    expect(proposed(tree, { work: "outbound", ending: "busy" })?.id).toBe("busy");
    expect(proposed(tree, { work: "callback", ending: "busy" })?.id).toBe("any");
    expect(proposed(tree, { work: "outbound", ending: "no_answer" })).toBe(null);
    expect(proposed(tree, { work: "inbound", ending: null })).toBe(null);
  });
});

describe("times", () => {
  it("writes clocks", () => expect([0, 75, 3675, -3].map(clockText)).toEqual(["0:00", "1:15", "1:01:15", "0:00"]));
  it("writes durations with two units in the reader's language", () => {
    expect(durationText(3725, "en")).toBe("1 hr 2 min");
    expect(durationText(125, "uk")).toBe("2 хв 5 с");
    expect(durationText(0, "vi")).toContain("0");
  });
  it("writes relative times", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    expect(relativeText("2026-11-21T11:55:00Z", "en", now)).toBe("5 min. ago");
    expect(relativeText("2026-11-21T11:59:58Z", "uk", now)).toBe("зараз");
  });
  it("reads what was entered by the clock of a zone, over clock changes too", () => {
    expect(instantIn("2026-11-30T09:30", "Asia/Ho_Chi_Minh")).toBe("2026-11-30T02:30:00.000Z");
    expect(instantIn("2026-07-01T09:30", "America/New_York")).toBe("2026-07-01T13:30:00.000Z");
    expect(instantIn("2026-03-29T02:30", "Europe/Kyiv")).toBe("2026-03-29T00:30:00.000Z");
    expect(instantIn("2026-03-29T04:30", "Europe/Kyiv")).toBe("2026-03-29T01:30:00.000Z");
    expect(instantIn("2026-10-25T04:30", "Europe/Kyiv")).toBe("2026-10-25T02:30:00.000Z");
    expect(instantIn("", "Europe/Kyiv")).toBeNull();
  });
  it("begins a day in its zone, over clock changes too", () => {
    expect(dayStart("2026-11-21", "Asia/Ho_Chi_Minh")).toBe("2026-11-20T17:00:00.000Z");
    expect(dayStart("2026-03-29", "Europe/Kyiv")).toBe("2026-03-28T22:00:00.000Z");
    expect(dayStart("2026-03-29", "Europe/Kyiv", 1)).toBe("2026-03-29T21:00:00.000Z");
  });
});

describe("phone numbers", () => {
  beforeAll(loadNumberingPlans);
  it("are national at home and international abroad", () => {
    expect(phoneText("+84912345678", "VN")).toBe("0912 345 678");
    expect(phoneText("+380441234567", "VN")).toBe("+380 44 123 4567");
    expect(phoneText("anonymous", "VN")).toBe("anonymous");
  });
  it("are dialled as E.164; short ones as typed; words never", () => {
    expect(dialable("0912 345-678", "VN")).toBe("+84912345678");
    expect(dialable("201", "VN")).toBe("201");
    expect(dialable("113", "VN")).toBe("113");
    expect(dialable("call me", "VN")).toBeNull();
  });
  it("are read from links of other pages", () => {
    expect(linkedNumber("tel:+84-912-345-678;ext=12")).toBe("+84-912-345-678");
    expect(linkedNumber("TEL:0912%20345%20678")).toBe("0912 345 678");
    expect(linkedNumber("tel:%E0%A4%A")).toBe("%E0%A4%A");
    expect(linkedNumber(" 201 ")).toBe("201");
  });
});

it("finds names without their marks", () => expect(foldText("  Đặng Thị Hương ")).toBe("dang thi huong"));

describe("keys", () => {
  const key = (init: KeyboardEventInit & { code: string; key: string }) => new KeyboardEvent("keydown", init);
  it("match the place, whatever layout is on", () => {
    expect(matches("Alt+A", key({ code: "KeyA", key: "ф", altKey: true }))).toBe(true);
    expect(matches("Alt+A", key({ code: "KeyA", key: "a" }))).toBe(false);
    expect(matches("Mod+K", key({ code: "KeyK", key: "k", ctrlKey: true }))).toBe(true);
    expect(matches("W", key({ code: "KeyW", key: "w", ctrlKey: true }))).toBe(false);
    expect(matches("?", key({ code: "Slash", key: "?", shiftKey: true }))).toBe(true);
    expect(matches("Mod+Enter", key({ code: "Enter", key: "Enter", ctrlKey: true }))).toBe(true);
  });
});

describe("opening hours", () => {
  it("are told with equal days together", () => {
    const day: [string, string][] = [["08:00", "18:00"]];
    expect(weekText({ mon: day, tue: day, wed: day, sat: [["08:00", "12:00"]] }, "en")).toBe("Mon–Wed 08:00–18:00 · Sat 08:00–12:00");
    expect(weekText({}, "en")).toBe("");
  });
  it("must not overlap or end before they start", () => {
    expect([...wrongPeriods([["08:00", "12:00"], ["11:00", "13:00"], ["15:00", "14:00"]])]).toEqual([1, 2]);
    expect(wrongPeriods([["08:00", "12:00"], ["12:00", "13:00"]]).size).toBe(0);
  });
});

describe("the board", () => {
  const queue = (id: string, part: Partial<BoardQueue> = {}): BoardQueue => ({
    id, name: id, closed: false, waiting: 0, longest_wait_since: null, expected_wait_s: null, offered: 10, answered: 8, answered_in_target: 6, abandoned: 2, short_abandoned: 0, service_level: 0.8, target: { seconds: 20, share: 0.8 }, callbacks: { waiting: 0, asked: 0, served: 0, failed: 0, cancelled: 0, called_again: 0, mean_s: null },
    agents: { ready: 1, talking: 1, wrap_up: 0, not_ready: 0 }, ...part,
  });
  const agent = (id: string, state: "ready" | "talking") => ({ user: { id, name: id }, team: null, state, reason: null, since: "2026-11-21T10:00:00Z", with: null, registered: true }) as const;
  const board: Board = { seq: "1", at: "", queues: [queue("a"), queue("b")], trends: [], agents: [agent("x", "ready"), agent("y", "talking")], totals: { waiting: 0, talking: 0, ready: 0, service_level: null, abandoned: 0, answered: 0 } };

  it("folds a burst into one board and leaves untouched rows the same objects", () => {
    const next = fold(board, [
      { seq: "2", topic: "board", type: "board.queue", data: queue("a", { waiting: 1 }) },
      { seq: "3", topic: "board", type: "board.queue", data: queue("a", { waiting: 2 }) },
      { seq: "4", topic: "board", type: "board.agent", data: agent("z", "ready") },
    ]);
    expect(next.queues[0]?.waiting).toBe(2);
    expect(next.queues[1]).toBe(board.queues[1]);
    expect(next.agents.map((row) => row.user.id)).toEqual(["x", "y", "z"]);
    expect(next.agents[0]).toBe(board.agents[0]);
    expect(next.seq).toBe("4");
  });
  it("computes the service level as a ratio of sums", () => {
    const totals = totalsOf({ ...board, queues: [queue("a", { answered: 90, answered_in_target: 90, abandoned: 10 }), queue("b", { answered: 0, answered_in_target: 0, abandoned: 100 })] });
    expect(totals.service_level).toBeCloseTo(90 / 200);
    expect(totals.talking).toBe(1);
  });
  it("knows what burns", () => {
    const now = Date.parse("2026-11-21T10:01:00Z");
    expect(heatOf(queue("a"), now)).toBe("calm");
    expect(heatOf(queue("a", { longest_wait_since: "2026-11-21T10:00:35Z", waiting: 1 }), now)).toBe("warm");
    expect(heatOf(queue("a", { longest_wait_since: "2026-11-21T10:00:00Z", waiting: 1 }), now)).toBe("burning");
  });
});

it("never lets an older assignment replace a newer one", () => {
  const row = (version: number) => ({ id: "1", version }) as Assignment;
  expect(replaceById([row(5)], row(4))[0]?.version).toBe(5);
  expect(replaceById([row(5)], row(6))[0]?.version).toBe(6);
  expect(replaceById(undefined, row(1))).toHaveLength(1);
});

it("lays a flow with a loop out in layers, and no step over another", () => {
  const edge = (from: string, to: string | null) => ({ from, to });
  const nodes = [{ id: "b", height: 200 }, { id: "a", height: 60 }, { id: "c", height: 60 }, { id: "d", height: 60 }];
  const places = layout({ nodes, start: "a", width: 220, edges: [edge("a", "b"), edge("b", "b"), edge("b", "c"), edge("c", "b"), edge("b", "d"), edge("d", null), edge("d", "gone")] });
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  expect(at("a").y + 60).toBeLessThan(at("b").y);
  expect(at("b").y + 200).toBeLessThan(at("c").y);
  expect(at("d").y).toBe(at("c").y);
  expect(Math.abs(at("d").x - at("c").x)).toBeGreaterThan(220);
});

it("reads the call log's filters from any address", () => {
  expect(callSearch({ q: 84912345678, result: "answered", min_talk_s: "60", evil: "1", from: "" })).toEqual({ q: "84912345678", result: "answered", min_talk_s: 60 });
});

describe("what was found", () => {
  const marked = (text: string, q: string) => matchParts(text, q).map((part) => (part.hit ? `[${part.text}]` : part.text)).join("");
  it.each([
    ["Nguyễn Đức An", "duc an", "Nguyễn [Đức] [An]"],
    ["Nguyễn Đức An", "ngu", "[Ngu]yễn Đức An"],
    ["Nguyễn", "guy", "Nguyễn"],
    ["Trần-Thị Mai", "thi", "Trần-[Thị] Mai"],
    ["Мар’яна Їжак", "МАРЯ їж", "[Мар’я]на [Їж]ак"],
    ["0912 345 678", "0912345", "[0912 345] 678"],
    ["0912 345 678", "+84 912 3", "0[912 3]45 678"],
    ["+380 67 123 4567", "067 12", "+38[0 67 12]3 4567"],
    ["0912 345 678", "5678", "0912 34[5 678]"],
    ["mai.tran@fpt.vn", "fpt", "mai.tran@[fpt].vn"],
    ["An", "%", "An"],
  ])("in %s for %s", (text, q, expected) => expect(marked(text, q)).toBe(expected));
  it("begins a contact with what was not", () => {
    expect(startOf("0912 345 678")).toEqual({ phone: "0912 345 678" });
    expect(startOf("an@fpt.vn")).toEqual({ email: "an@fpt.vn" });
    expect(startOf("12")).toEqual({ name: "12" });
    expect(startOf("Mai An")).toEqual({ name: "Mai An" });
  });
});
