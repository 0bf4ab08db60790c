import { describe, expect, it } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

/** Of each pair only one is ever on screen, for the reason given. */
const APART: Record<string, string> = {
  "call.hangUp watch.stop": "the strip shows either a call or a listener",
  "call.hangUp chat.end": "a chat leaves the key to a call",
  "chat.end watch.stop": "a chat leaves the key to who listens",
  "call.send chat.sendOn": "a chat leaves the key to a call",
  "go./callbacks inbox.previous": "in the inbox its own keys are nearer",
  "inbox.find search.slash": "in the inbox its own keys are nearer",
  "board.wall wall.full": "the wall covers the board",
  "board.wall inbox.follow": "the inbox and the board are screens apart",
  "inbox.follow wall.full": "the inbox and the wall are screens apart",
  "design.comment inbox.take": "the inbox and a flow are screens apart",
};

interface Shortcut { id: string; key: string; file: string }

function shortcuts(): Shortcut[] {
  const found: Shortcut[] = [];
  for (const [file, text] of Object.entries(sources)) {
    for (const [, id, key] of text.matchAll(/\bid: "([\w.]+)"[^\n]*?\bhotkey: "([^"]+)"/g)) found.push({ id: id ?? "", key: key ?? "", file });
    for (const [, to, key] of text.matchAll(/\bto: "([^"]+)"[^\n]*?\bhotkey: "([^"]+)"/g)) found.push({ id: `go.${to}`, key: key ?? "", file });
  }
  return found;
}

describe("shortcuts", () => {
  it("are all seen by this test", () => {
    const written = Object.values(sources).flatMap((text) => [...text.matchAll(/\bhotkey: "/g)]);
    expect(shortcuts().length).toBe(written.length);
    expect(written.length).toBeGreaterThan(30);
  });
  it("never share a key where two may be on screen together", () => {
    const all = shortcuts();
    const clashes = all.flatMap((one, at) =>
      all.slice(at + 1)
        .filter((other) => other.key === one.key && other.id !== one.id)
        .map((other) => ({ pair: [one.id, other.id].sort().join(" "), key: one.key })),
    );
    expect(clashes.filter(({ pair }) => !(pair in APART))).toEqual([]);
  });
});
