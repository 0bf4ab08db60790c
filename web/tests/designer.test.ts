import { describe, expect, it } from "vitest";
import { layout } from "@/features/flows/components/layout";
import { withTest } from "@/features/flows/designer/acts";
import { differences, merged } from "@/features/flows/designer/diff";
import { added, commentAt, commented, connected, history, type History, moved, pasted, removed, renamed, saying } from "@/features/flows/designer/edit";
import { exitsOf, gather, readDoc, spread, writeDoc } from "@/features/flows/designer/model";
import type { VerbCard } from "@/shared/api/types";

const exit = (name: string, instead: string | null = null) => ({ name, required: true, instead });
const card = (name: string, more: Partial<VerbCard> = {}): VerbCard => ({ name, description: "", parameters: {}, exits: [exit("done")], main: "done", short: null, whole: false, named: null, ...more });
const VERBS = new Map([
  card("say", { short: "parts" }), card("menu", { main: "no_input", exits: [exit("no_input"), exit("invalid", "no_input")], named: ["keys", "values"] }),
  card("branch", { main: "else", exits: [exit("else")], short: "conditions", whole: true, named: ["conditions", "keys"] }), card("hang_up", { exits: [], short: "reason" }), card("queue", { main: "timeout", exits: [exit("timeout")], short: "queue" }),
].map((one) => [one.name, one]));
const of = (name: string): VerbCard => VERBS.get(name) ?? card(name);
const STORED = {
  flow: "f", language: "vi", on_error: "bye", start: "ask",
  nodes: {
    ask: { label: "Ask", note: "why", place: { x: 10, y: -20 }, menu: { say: "Press 1", keys: { 1: "sales", 2: "sales" } }, go: { sales: "line", no_input: "bye" } },
    line: { queue: "sales", go: "bye" }, bye: { say: { text: { en: "Bye" } }, go: "end" }, end: { hang_up: null },
  },
};
const doc = () => readDoc(STORED, VERBS);

describe("the document", () => {
  it("comes back as it was", () => expect(writeDoc(doc(), VERBS)).toEqual(STORED));
  it("writes a short go out by its exit", () => expect(doc().steps["line"]?.go).toEqual({ timeout: "bye" }));
  it.each([["say", "Hi"], ["say", { text: "Hi" }], ["say", { parts: ["a"], interruptible: true }], ["queue", "sales"], ["queue", { queue: "q", priority: 2 }], ["hang_up", null], ["branch", { vip: "x" }]])("keeps %s %j through its form", (verb, params) => {
    expect(gather(spread(params, of(verb)), of(verb))).toEqual(params);
  });
  it("has the exits that its parameters name, once each", () => {
    const ask = doc().steps["ask"];
    expect(ask && exitsOf(ask, of("menu")).map((way) => way.name)).toEqual(["sales", "no_input", "invalid"]);
  });
});

describe("comments", () => {
  const said = (text: string) => { const [next, id] = commented(doc(), "line"); return saying(next, id, text); };
  it("are kept with the document, and leave no trace when the last one goes", () => {
    const stored = writeDoc(said("Only in summer"), VERBS);
    expect(stored["comments"]).toEqual([{ text: "Only in summer", place: { x: 260, y: 0 } }]);
    expect(writeDoc(removed(readDoc(stored, VERBS), ["#0"]), VERBS)).toEqual(STORED);
  });
  it("stand apart, move alone and keep the others when one goes", () => {
    const [two, id] = commented(said("one"), "line");
    const three = moved(saying(two, id, "two"), new Map([["#1", { x: 7.4, y: 8 }]]));
    expect([commentAt(two, "#0")?.place, commentAt(two, "#1")?.place]).not.toEqual([commentAt(two, "#0")?.place, commentAt(two, "#0")?.place]);
    expect(commentAt(removed(three, ["#0"]), "#0")).toEqual({ text: "two", place: { x: 7, y: 8 } });
    expect(three.steps).toEqual(doc().steps);
  });
  it("are told as a difference, by their words", () => expect(differences(doc(), said("new")).map(({ member, kind }) => [member, kind])).toEqual([["comments", "changed"]]));
});

describe("edits", () => {
  it("adds a step behind the chosen one's first open exit", () => {
    const [next, id] = added(removed(doc(), ["end"]), "say", VERBS, "bye");
    expect([id, next.steps["bye"]?.go]).toEqual(["say", { done: "say" }]);
  });
  it("begins with the first step of an empty flow", () => {
    const [next, id] = added({ flow: "f", start: "", steps: {}, rest: {} }, "say", VERBS, null);
    expect([next.start, id]).toEqual(["say", "say"]);
  });
  it("leaves no way to what was removed", () => {
    const next = removed(doc(), ["bye"]);
    expect([next.steps["ask"]?.go, next.steps["line"]?.go, next.rest["on_error"]]).toEqual([{ sales: "line" }, {}, undefined]);
  });
  it("keeps all ways to what was renamed, and refuses names that are taken or none", () => {
    const next = renamed(doc(), "bye", "goodbye");
    expect([next.steps["ask"]?.go["no_input"], next.rest["on_error"], Object.keys(next.steps)]).toEqual(["goodbye", "goodbye", ["ask", "line", "goodbye", "end"]]);
    const before = doc();
    expect(["ask", "1x", "a b", ""].map((name) => renamed(before, "bye", name) === before)).toEqual([true, true, true, true]);
  });
  it("leads copies to copies only", () => {
    const { bye, end } = doc().steps;
    const [next, names] = pasted(doc(), { ...(bye && { bye }), ...(end && { end }) });
    expect([names, next.steps["bye_2"]?.go]).toEqual([["bye_2", "end_2"], { done: "end_2" }]);
  });
  it("leaves untouched steps the same objects", () => {
    const before = doc();
    expect(moved(before, new Map([["ask", { x: 1.4, y: 2 }]])).steps["line"]).toBe(before.steps["line"]);
  });
});

it("undoes letters of one field together, and forgets what was undone after a new edit", () => {
  const first: History = { past: [], doc: doc(), future: [], key: null };
  const typed = ["B", "By", "Bye"].reduce((state, label) => history(state, { type: "edit", key: "ask label", edit: (now) => ({ ...now, flow: label }) }), first);
  expect(typed.past.length).toBe(1);
  const back = history(typed, { type: "undo" });
  expect([back.doc.flow, history(back, { type: "redo" }).doc.flow]).toEqual(["f", "Bye"]);
  expect(history(back, { type: "edit", edit: (now) => connected(now, "ask", "sales", null) }).future).toEqual([]);
  expect(history(first, { type: "undo" })).toBe(first);
});

describe("differences", () => {
  it("name the step and the member; places do not count", () => {
    const changed = connected(moved(renamed(doc(), "end", "fin"), new Map([["ask", { x: 500, y: 0 }]])), "ask", "sales", "bye");
    expect(differences(doc(), changed).map(({ kind, step, member }) => [kind, step, member])).toEqual([["changed", "ask", "go.sales"], ["changed", "bye", "go.done"], ["removed", "end", ""], ["added", "fin", ""]]);
  });
  it("are put together; where both changed a step, the choice decides", () => {
    const mine = connected(connected(doc(), "ask", "sales", "bye"), "line", "timeout", "ask");
    const theirs = connected(connected(doc(), "ask", "sales", null), "bye", "done", "ask");
    const [a, b] = (["mine", "theirs"] as const).map((prefer) => merged(doc(), mine, theirs, prefer).steps);
    expect([a?.["ask"]?.go["sales"], b?.["ask"]?.go["sales"], a?.["line"]?.go["timeout"], a?.["bye"]?.go["done"]]).toEqual(["bye", undefined, "ask", "ask"]);
  });
});

it("writes acts as a test", () => {
  expect(withTest("", "f", [{ do: "press", value: "1" }, { do: "silence" }], "New")).toBe('flow: f\ntests:\n  - name: "New"\n    steps:\n      - press: "1"\n      - silence\n');
});

describe("arranging a large flow", () => {
  it("takes no seconds where many steps lead to one end far below, and hides no step behind another", () => {
    const nodes = Array.from({ length: 200 }, (_, index) => ({ id: `s${index}`, height: 104 }));
    const edges = nodes.flatMap(({ id }, index) => (index === 199 ? [{ from: id, to: "s3" }] : [{ from: id, to: `s${index + 1}` }, { from: id, to: `s${Math.min(199, index + 7)}` }, { from: id, to: "s199" }]));
    const began = performance.now();
    const places = layout({ nodes, edges, start: "s0", width: 220 });
    expect(performance.now() - began).toBeLessThan(2500);
    const at = [...places.values()];
    for (const [index, one] of at.entries()) for (const other of at.slice(index + 1)) expect(Math.abs(one.x - other.x) >= 220 || Math.abs(one.y - other.y) >= 104).toBe(true);
    for (const { from, to } of edges) if (from !== "s199") expect(places.get(to)?.y).toBeGreaterThan(places.get(from)?.y ?? Infinity);
  });
});
