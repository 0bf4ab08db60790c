import { describe, expect, it } from "vitest";
import type { Rule } from "../widget/bridge.ts";
import { arrived, choose, onPage, read, SHUT_DAYS, shown, VISIT_MS, type Facts, type Memory } from "../widget/greet/decide.ts";
import { withGreeting } from "../widget/app/rows.ts";
import type { Message } from "../widget/app/types.ts";
import { merged, wrong } from "../widget/app/visit.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 30);
const rule = (more: Partial<Rule> = {}): Rule => ({ id: "a", text: "Hi", how: "contains", page: "", seconds: 0, scroll: 0, leaving: false, visit: 1, there: false, days: 0, ...more });
const facts = (more: Partial<Facts> = {}): Facts => ({ address: "https://shop.example/cart?step=2", seconds: 0, scroll: 0, left: false, now: NOW, ...more });
const fresh = arrived(null, NOW);

describe("the page of a greeting", () => {
  it.each([
    ["contains", "", true],
    ["contains", "/CART", true],
    ["contains", "https://shop.example/cart", true],
    ["contains", "step=3", false],
    ["contains", "*", false],
    ["matches", "shop.example/cart", false],
    ["matches", "shop.example/cart*", true],
    ["matches", "http://shop.example/*", true],
    ["matches", "*/cart?step=*", true],
    ["matches", "*step=2", true],
    ["matches", "*.example*2*2", false],
    ["matches", "shop.example/c*cart?step=2", false],
  ] as const)("%s %s: %s", (how, page, fits) => expect(onPage({ how, page }, facts().address)).toBe(fits));

  it("is found as a pattern of pieces would find it, whatever was written", () => {
    // Drawn by a generator that always gives the same: what fails here fails again.
    let seed = 7;
    const draw = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
    const word = (letters: string, most: number): string => Array.from({ length: draw(most) }, () => letters[draw(letters.length)]).join("");
    for (let round = 0; round < 5000; round++) {
      const pattern = word("ab*", 7) || "a";
      const text = word("ab", 9);
      const slow = new RegExp(`^${pattern.split("*").join(".*")}$`);
      expect([pattern, text, onPage({ how: "matches", page: pattern }, text)]).toEqual([pattern, text, slow.test(text)]);
    }
  });

  it("costs nothing where somebody writes what would cost others much", () => {
    expect(onPage({ how: "matches", page: `${"*a".repeat(99)}b` }, "a".repeat(20_000))).toBe(false);
  });
});

describe("the moment of a greeting", () => {
  it.each([
    [{ seconds: 10 }, { seconds: 9 }, { seconds: 10 }],
    [{ scroll: 50 }, { scroll: 49.9 }, { scroll: 50 }],
    [{ leaving: true }, {}, { left: true }],
    [{ leaving: true, seconds: 5 }, { left: true, seconds: 4 }, { left: true, seconds: 5 }],
    [{ page: "/checkout" }, {}, { address: "https://shop.example/checkout" }],
  ])("%o", (wanted: Partial<Rule>, early: Partial<Facts>, now: Partial<Facts>) => {
    expect(choose([rule(wanted)], facts(early), fresh)).toBeUndefined();
    expect(choose([rule(wanted)], facts(now), fresh)?.id).toBe("a");
  });

  it("is that of the first rule that fits", () => {
    const rules = [rule({ id: "late", seconds: 60 }), rule({ id: "one" }), rule({ id: "two" })];
    expect(choose(rules, facts(), fresh)?.id).toBe("one");
    expect(choose(rules, facts({ seconds: 60 }), fresh)?.id).toBe("late");
    expect(choose(rules, facts(), shown(fresh, rule({ id: "one" }), NOW))?.id).toBe("two");
  });

  it("waits for the visit that it is for; a break of half an hour begins another", () => {
    const third = rule({ visit: 3 });
    let memory = fresh;
    const seen = [0, VISIT_MS - 1, 2 * VISIT_MS, 4 * VISIT_MS].map((after) => {
      memory = arrived(memory, NOW + after);
      return choose([third], facts(), memory)?.id;
    });
    expect(seen).toEqual([undefined, undefined, undefined, "a"]);
    expect(memory.visits).toBe(3);
  });
});

describe("how often", () => {
  const later = (memory: Memory, after: number): Memory => arrived(memory, NOW + after);
  it("once a visit, or once in so many days", () => {
    const every = shown(fresh, rule(), NOW);
    expect(choose([rule()], facts(), every)).toBeUndefined();
    expect(choose([rule()], facts(), later(every, VISIT_MS))?.id).toBe("a");
    const weekly = rule({ days: 7 });
    expect(choose([weekly], facts({ now: NOW + 7 * DAY - 1 }), later(every, 7 * DAY - 1))).toBeUndefined();
    expect(choose([weekly], facts({ now: NOW + 7 * DAY }), later(every, 7 * DAY))?.id).toBe("a");
  });

  it("what was closed stays away for long, and everything else for this visit", () => {
    const closed = shown(fresh, rule(), NOW, true);
    const other = rule({ id: "b" });
    expect(choose([rule(), other], facts(), closed)).toBeUndefined();
    expect(choose([rule(), other], facts({ now: NOW + DAY }), later(closed, DAY))?.id).toBe("b");
    expect(choose([rule()], facts({ now: NOW + SHUT_DAYS * DAY }), later(closed, SHUT_DAYS * DAY))?.id).toBe("a");
    expect(choose([rule({ days: 60 })], facts({ now: NOW + SHUT_DAYS * DAY }), later(closed, SHUT_DAYS * DAY))).toBeUndefined();
  });

  it("a clock that was wrong keeps nothing back for ever", () => {
    const ahead = shown(arrived(null, NOW + 9000 * DAY), rule({ days: 1 }), NOW + 9000 * DAY);
    expect(choose([rule({ days: 1 })], facts(), later(ahead, 0))?.id).toBe("a");
  });

  it("never twice within its time, whatever the visitor does", () => {
    let seed = 11;
    const draw = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
    const rules = [rule({ id: "a", days: 2 }), rule({ id: "b", seconds: 3 }), rule({ id: "c", leaving: true, days: 1 })];
    let [memory, now] = [fresh, NOW];
    const last: Record<string, { at: number; visit: number; shut: boolean }> = {};
    for (let step = 0; step < 4000; step++) {
      now += draw(3) === 0 ? draw(DAY) : draw(120_000);
      memory = arrived(memory, now);
      const found = choose(rules, facts({ now, seconds: draw(6), left: draw(2) === 0 }), memory);
      if (!found) continue;
      const before = last[found.id];
      const days = before?.shut ? SHUT_DAYS : found.days;
      if (before) expect(days === 0 ? memory.visits > before.visit : now - before.at >= days * DAY).toBe(true);
      const shut = draw(8) === 0;
      memory = read(JSON.stringify(shown(memory, found, now, shut)), rules) as Memory;
      last[found.id] = { at: now, visit: memory.visits, shut };
    }
    expect(Object.keys(last).sort()).toEqual(["a", "b", "c"]);
  });
});

it("reads what is kept, and nothing that somebody has put there", () => {
  const memory = shown(fresh, rule(), NOW);
  expect(read(JSON.stringify(memory), [rule()])).toEqual(memory);
  expect(read(JSON.stringify(memory), [rule({ id: "other" })])?.shown).toEqual({});
  for (const text of [null, "", "{", "null", "[]", "7", '{"visits":"3"}', '{"visits":1,"at":null,"quiet":0}']) expect(read(text, [rule()])).toBeNull();
  for (const kept of ["null", "7", '{"a":null}', '{"a":{"at":"x","visit":1}}']) expect(read(`{"visits":1,"at":2,"quiet":0,"shown":${kept}}`, [rule()])?.shown).toEqual({});
});

it("stands in the thread where it was taken up", () => {
  const message = (seq: number): Message => ({ seq, author: "agent", name: "An", kind: "text", body: `${seq}`, data: {}, attachments: [], client_id: null, at: "2026-11-30T10:00:00Z" });
  const greeted = { id: "a", text: "Hi <b>", after: 1, at: "2026-11-30T10:00:00Z", answered: false };
  expect(withGreeting([message(1), message(2)], greeted).map(({ data, body }) => data.text ?? body)).toEqual(["1", "Hi <b>", "2"]);
  expect(withGreeting([], { ...greeted, after: 0 }).map(({ data }) => data.event)).toEqual(["greeted"]);
  expect(withGreeting([message(1)], null)).toHaveLength(1);
});

describe("what a page tells of a visit", () => {
  it.each([
    ["plan", "pro", null],
    ["cart", -0.5, null],
    ["member", false, null],
    ["gone", null, null],
    ["a", "x".repeat(500), null],
    ["a", "x".repeat(501), "at most 500"],
    ["", 1, "name it"],
    ["__proto__", 1, "name it"],
    ["a.b", 1, "name it"],
    ["x".repeat(41), 1, "name it"],
    ["a", Number.NaN, "no number"],
    ["a", 2 ** 60, "no number"],
    ["a", { b: 1 }, "nothing nested"],
    ["a", undefined, "nothing nested"],
  ])("%s: %s", (name, value, mistake) => {
    if (mistake === null) expect(wrong(name, value)).toBeNull();
    else expect(wrong(name, value)).toContain(mistake);
  });

  it("is bounded, and what is taken back makes room", () => {
    const full = Object.fromEntries([...Array(30)].map((_, at) => [`n${at}`, at]));
    expect(merged(full, { more: 1 })).toEqual({ told: full, over: ["more"] });
    expect(merged(full, { more: 1, n3: null }).over).toEqual([]);
    expect(merged(full, { n3: "new" }).told["n3"]).toBe("new");
  });
});
