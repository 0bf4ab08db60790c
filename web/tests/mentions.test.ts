import { describe, expect, it } from "vitest";
import { headingFrom, wishOf } from "@/features/conversations/letter";
import { askedName, named, stillNamed, withName } from "@/features/conversations/mentions";

describe("mentions", () => {
  it("are asked for after an @ that begins a word", () => {
    expect(askedName("@")).toBe("");
    expect(askedName("please @Ngu")).toBe("Ngu");
    expect(askedName("please @Nguyễn Thị L")).toBe("Nguyễn Thị L");
    expect(askedName("lan@shop")).toBeNull();
    expect(askedName("@Lan see this please now")).toBeNull();
  });
  it("put the name where it was asked for, and leave the rest", () => {
    expect(withName("please @Ng look", 10, "Nguyễn Lan")).toEqual({ text: "please @Nguyễn Lan look", caret: 19 });
    expect(withName("@", 1, "Lan")).toEqual({ text: "@Lan ", caret: 5 });
  });
  it("are those whose names still stand there", () => {
    expect(stillNamed("@Lan, see", [{ name: "Lan" }, { name: "Minh" }])).toEqual([{ name: "Lan" }]);
  });
  it("stand apart in the text, the longest name first", () => {
    expect(named("Hi @Lan Anh and @Lan", ["Lan", "Lan Anh"])).toEqual([
      { text: "Hi ", name: false }, { text: "@Lan Anh", name: true }, { text: " and ", name: false }, { text: "@Lan", name: true },
    ]);
    expect(named("a+b", [])).toEqual([{ text: "a+b", name: false }]);
    expect(named("@A (B)", ["A (B)"])).toEqual([{ text: "@A (B)", name: true }]);
  });
});

describe("a heading that the server kept", () => {
  it("is the one that was sent", () => {
    const heading = { mode: "forward" as const, about: "m1", to: ["a@b.cc"], cc: [], bcc: [], subject: "Fwd: x" };
    expect(headingFrom({ answers: null, ...wishOf(heading) })).toEqual(heading);
    expect(headingFrom(null)).toBeUndefined();
  });
});
