import { describe, expect, it } from "vitest";
import { bodyOf, countOf, draftOf, freeName } from "@/features/flows/intents/draft";

const STORED: Parameters<typeof draftOf>[0] = { intents: [{ name: "order", title: "Where it is", examples: { en: ["Where is it?", "When?"], vi: ["Ở đâu?"] } }, { name: "refund", title: "", examples: {} }], none: { uk: ["Привіт"] } };

describe("examples as they are typed", () => {
  it("come back as they were", () => expect(bodyOf(draftOf(STORED))).toEqual(STORED));
  it("are one a line, without empty lines, spaces and lines without a letter", () => {
    const draft = draftOf(STORED);
    const pasted = { ...draft.intents[0], name: "order", title: " Where it is ", texts: { en: "  a \n\n?!\n\tb\n", vi: "", uk: " \n" } };
    expect(countOf(pasted.texts)).toBe(2);
    expect(bodyOf({ ...draft, intents: [pasted] }).intents).toEqual([{ name: "order", title: "Where it is", examples: { en: ["a", "b"] } }]);
  });
  it("are cut where the server would refuse them", () => {
    expect(bodyOf({ intents: [], none: { en: "x".repeat(400), vi: "", uk: "" } }).none.en?.[0]).toHaveLength(300);
  });
  it("get a name that is free", () => {
    const draft = draftOf(STORED);
    const taken = { ...draft, intents: draft.intents.map((one) => ({ ...one, name: "intent_3" })) };
    expect([freeName(draft), freeName(taken)]).toEqual(["intent_3", "intent_4"]);
  });
});
