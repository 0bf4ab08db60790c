import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../widget/app/api.ts";
import { Backoff } from "../widget/app/backoff.ts";
import { Client } from "../widget/app/client.ts";
import { contrast, inkOn, legible } from "../widget/app/colour.ts";
import { Outbox, type Pending } from "../widget/app/outbox.ts";
import { rowsOf } from "../widget/app/rows.ts";
import { Sender } from "../widget/app/sender.ts";
import { Kept } from "../widget/app/storage.ts";
import { Store } from "../widget/app/store.ts";
import { pieces } from "../widget/app/text.ts";
import type { Attachment, ChatState, Config, Message } from "../widget/app/types.ts";
import { Uploads, type Upload } from "../widget/app/uploads.ts";
import { CATALOGUES, fill, languageOf, written } from "../widget/app/words/index.ts";

const config: Config = { look: { title: {}, greeting: {}, colour: "#0b6bcb", side: "right" }, pre_chat: [], country: "VN", identity: "off", transcripts: false, triggers: [] };
const identity = { subject: null, verified_until: null };
const state: ChatState = { phase: "agent", agent: "An", position: null, read_seq: 0, shares: [] };
const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq, author: "agent", name: "An", kind: "text", body: `${seq}`, data: {}, attachments: [], client_id: null, at: `2026-11-30T10:00:${String(seq).padStart(2, "0")}Z`, ...more,
});

beforeEach(() => localStorage.clear());

describe("text", () => {
  const links = (text: string) => pieces(text).filter((one) => one.href);
  it("makes links of addresses and of nothing else", () => {
    expect(links("see https://a.example/x?y=1&z=2. Or (www.b.example)!")).toEqual([
      { text: "https://a.example/x?y=1&z=2", href: "https://a.example/x?y=1&z=2" },
      { text: "www.b.example", href: "https://www.b.example/" },
    ]);
    expect(links("write to an@shop.example, please")).toEqual([{ text: "an@shop.example", href: "mailto:an@shop.example" }]);
    expect(links("https://a.example/lamp_(large)")[0]?.text).toBe("https://a.example/lamp_(large)");
    expect(links("javascript:alert(1) data:text/html,x <img src=x onerror=alert(1)> http://")).toEqual([]);
  });
  it("loses no letter", () => {
    for (const text of ["", "a", "x https://a.example.", "<b>www.a.example</b>", "a@b.c d@e.f", "\nhttps://a\n"])
      expect(pieces(text).map((one) => one.text).join("")).toBe(text);
  });
});

describe("colours", () => {
  it.each(["#000000", "#ffffff", "#e8b71a", "#0b6bcb", "#777777", "#ff0000"])("are legible with %s", (colour) => {
    expect(contrast(inkOn(colour), colour)).toBeGreaterThanOrEqual(4.5);
    for (const ground of ["#ffffff", "#15181d"]) expect(contrast(legible(colour, ground), ground)).toBeGreaterThanOrEqual(4.5);
  });
});

describe("words", () => {
  it.each(["vi", "uk"] as const)("are all written in %s, with their places", (language) => {
    const own = CATALOGUES[language];
    for (const [key, text] of Object.entries(CATALOGUES.en)) {
      const other = own[key as keyof typeof own];
      expect([key, other]).not.toEqual([key, text]);
      expect([key, other.match(/\{\w+\}/g)]).toEqual([key, text.match(/\{\w+\}/g)]);
    }
  });
  it("are all used", () => {
    const sources = (folder: string): string => readdirSync(folder, { withFileTypes: true })
      .map((one) => (one.isDirectory() ? (one.name === "words" ? "" : sources(join(folder, one.name))) : readFileSync(join(folder, one.name), "utf8"))).join("\n");
    const code = sources("widget/app");
    const unused = Object.keys(CATALOGUES.en).filter((key) => !code.includes(`words.${key}`) && ![..."name email phone tooBig empty kind tooMany most failed shareNoLine shareBlocked shareTooLarge shareFailed shareGone talkNoLine talkRefused talkBusy talkMissing".split(" ")].includes(key));
    expect(unused).toEqual([]);
  });
  it("come in the language of the site, else the browser's", () => {
    expect(languageOf("vi", ["uk"])).toBe("vi");
    expect(languageOf("fr", ["de-DE", "uk-UA", "en"])).toBe("uk");
    expect(languageOf(null, [])).toBe("en");
    expect(written({ en: "Hi", uk: "" }, "uk")).toBe("Hi");
    expect(fill("{name} and {other}", { name: "$&" })).toBe("$& and {other}");
  });
});

describe("the outbox", () => {
  it("keeps order over tabs and reloads, and forgets what was taken", () => {
    const first = new Outbox(new Kept("k"));
    const bodies = ["a", "b", "c", "d"];
    const written = bodies.map((body) => first.add({ body, page: "https://shop.example/" }));
    const second = new Outbox(new Kept("k"));
    expect(second.list().map((one) => one.body)).toEqual(bodies);
    second.remove((written[1] as Pending).client_id);
    second.put({ ...(written[0] as Pending), refused: true });
    expect(first.next()?.body).toBe("c");
    expect(new Outbox(new Kept("other")).list()).toEqual([]);
  });
  it("lives in memory, or with the site, where the browser refuses storage", () => {
    const kept = new Kept("k", () => {
      throw new Error("refused");
    });
    const told: [string, string | null][] = [];
    kept.borrow({ token: "t" }, (name, value) => told.push([name, value]));
    expect(kept.get("token")).toBe("t");
    kept.set("seen", "3");
    kept.set("token", null);
    expect([kept.get("seen"), kept.get("token"), kept.names("")]).toEqual(["3", null, ["seen"]]);
    expect(told).toEqual([["seen", "3"], ["token", null]]);
  });
});

describe("uploads", () => {
  const sent = { id: "f", name: "a.png", size: 3, shown: true };
  const no = (status: number, code = ""): Answer<Attachment> => ({ ok: false, status, code, fields: [], wait: null });
  const file = (name: string, size = 3): File => Object.defineProperty(new File(["abc"], name), "size", { value: size });
  const answering = (...answers: Answer<Attachment>[]) => {
    const tried: string[] = [];
    return { tried, uploads: new Uploads(async (one) => (tried.push(one.client_id), answers.shift() ?? { ok: true, value: sent })) };
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are tried again under the same name while the network is away, and go with one message", async () => {
    const { tried, uploads } = answering(no(0), no(503));
    uploads.add([file("a.png")]);
    expect([uploads.busy, uploads.ready]).toEqual([true, []]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([tried.length, new Set(tried).size, uploads.busy]).toEqual([3, 1, false]);
    expect([uploads.take(), uploads.take(), uploads.list]).toEqual([[sent], [], []]);
  });
  it("say why they do not go, and are tried again when somebody wants it", async () => {
    const { tried, uploads } = answering(no(415, "file_kind"), ...Array.from({ length: 5 }, () => no(0)));
    uploads.add([file("big", 21 * 1024 * 1024), file("none", 0), file("a.zip"), file("b.png")]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(uploads.list.map((one) => one.why)).toEqual(["tooBig", "empty", "kind", "failed"]);
    expect(tried).toHaveLength(6);
    uploads.again(uploads.list[3] as Upload);
    await vi.advanceTimersByTimeAsync(0);
    expect([uploads.ready, tried[6]]).toEqual([[sent], tried[5]]);
  });
  it("are ten at most, and stop when they are taken away", async () => {
    const { tried, uploads } = answering(...Array.from({ length: 10 }, () => no(0)));
    uploads.add(Array.from({ length: 11 }, (_, place) => file(`${place}`)));
    expect(uploads.list.filter((one) => one.why === "most")).toHaveLength(1);
    for (const one of uploads.list) uploads.drop(one);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([uploads.list, tried.length]).toEqual([[], 10]);
  });
});

describe("sending", () => {
  const no = (status: number, more: object = {}): Answer<Message> => ({ ok: false, status, code: "", fields: [], wait: null, ...more });
  it("tries each until it is taken, waits when told to, and keeps the order", async () => {
    vi.useFakeTimers();
    const outbox = new Outbox(new Kept("k"));
    outbox.add({ body: "a", page: "" });
    outbox.add({ body: "b", page: "" });
    const answers: Answer<Message>[] = [no(0), no(503), no(429, { wait: 7000 }), no(401), { ok: true, value: message(1) }, no(422), { ok: true, value: message(2) }];
    const tried: string[] = [];
    const refused: string[] = [];
    const unknown = vi.fn(async () => undefined);
    const sender = new Sender(outbox, {
      write: async (one) => (tried.push(one.body), answers.shift() as Answer<Message>),
      onTaken: async (one) => outbox.remove(one.client_id),
      onAsked: () => undefined,
      onProof: async () => false,
      onRefused: (one) => (refused.push(one.body), outbox.put({ ...one, refused: true })),
      onUnknown: unknown,
      onLost: () => undefined,
    });
    sender.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(tried).toEqual(["a", "a", "a", "a", "a", "b"]);
    expect([refused, unknown.mock.calls.length, outbox.next()]).toEqual([["b"], 1, undefined]);
    outbox.put({ ...(outbox.list()[0] as Pending), refused: false });
    sender.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.list()).toEqual([]);
    vi.useRealTimers();
  });
  it("sends what another tab wrote also when that is seen after the tab's word for it", async () => {
    const sent: string[] = [];
    vi.stubGlobal("fetch", async (url: string, { body }: RequestInit) => {
      if (url.endsWith("/open")) return Response.json({ token: "t", config, name: "", identity, away: null, messages: [], state: { ...state, phase: "none" } });
      sent.push((JSON.parse(String(body)) as Pending).body);
      return Response.json(message(1, { author: "customer", client_id: (JSON.parse(String(body)) as Pending).client_id }));
    });
    const client = new Client({ key: "k", origins: [], config }, new Kept("k"), "en");
    client.want();
    await vi.waitFor(() => expect(client.own.token).toBe("t"));
    new Outbox(new Kept("k")).add({ body: "from the other tab", page: "" });
    window.dispatchEvent(new StorageEvent("storage", { key: "tongdai:k:out:x" }));
    await vi.waitFor(() => expect(sent).toEqual(["from the other tab"]));
    vi.unstubAllGlobals();
  });
  it("waits from one second to thirty, never all alike", () => {
    const waits = (random: number) => {
      const backoff = new Backoff(() => random);
      return Array.from({ length: 8 }, () => backoff.next());
    };
    expect(waits(1)).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    expect(waits(0)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000]);
  });
});

describe("what is known", () => {
  it("has each message once, and goes on from an unbroken row", () => {
    const store = new Store(config);
    store.open({ token: "t", config, name: "", identity, away: null, messages: [message(1), message(2)], state }, true);
    expect(store.acknowledge(message(5, { author: "customer", client_id: "x" }))).toBe(true);
    expect(store.since).toBe(2);
    store.hear({ messages: [message(3), message(5, { author: "customer", client_id: "x" })], state, typing: false });
    expect([store.since, store.known.messages.map((one) => one.seq)]).toEqual([5, [1, 2, 3, 5]]);
    expect(store.acknowledge(message(5, { author: "customer", client_id: "x" }))).toBe(true);
  });
  it("notices that a message began another conversation", () => {
    const store = new Store(config);
    store.open({ token: "t", config, name: "", identity, away: null, messages: [message(1), message(2), message(3)], state }, true);
    expect(store.acknowledge(message(1, { author: "customer", client_id: "y", at: "2026-12-02T10:00:00Z" }))).toBe(false);
    store.open({ token: "t", config, name: "", identity, away: null, messages: [message(1, { at: "2026-12-02T10:00:00Z" })], state }, false);
    expect([store.since, store.known.messages.length]).toEqual([1, 1]);
  });
  it("keeps what came while it was opened again", () => {
    const store = new Store(config);
    store.open({ token: "t", config, name: "", identity, away: null, messages: [message(1)], state }, true);
    store.hear({ messages: [message(2), message(3)], state, typing: false });
    store.open({ token: "t", config, name: "", identity, away: null, messages: [message(1), message(2)], state }, false);
    expect([store.since, store.known.messages.map((one) => one.seq)]).toEqual([3, [1, 2, 3]]);
    store.open({ token: "u", config, name: "", identity, away: null, messages: [], state }, true);
    expect([store.since, store.known.messages]).toEqual([0, []]);
  });
  it("forgets that somebody is writing when nothing more is heard of it", () => {
    vi.useFakeTimers();
    const store = new Store(config);
    store.hear({ messages: [], state, typing: true });
    expect(store.known.typing).toBe(true);
    vi.advanceTimersByTime(7000);
    expect(store.known.typing).toBe(false);
    vi.useRealTimers();
  });
});

it("puts together what one person wrote in one go, and tells days apart", () => {
  const messages = [message(1), message(2), message(3, { author: "customer", name: "" }), message(4, { at: "2026-12-01T10:00:00Z" })];
  const rows = rowsOf(messages, [], new Date("2026-12-01T12:00:00Z"));
  expect(rows.map((row) => row.kind)).toEqual(["day", "message", "message", "message", "day", "message"]);
  expect(rows.flatMap((row) => (row.kind === "message" ? [[row.first, row.last]] : []))).toEqual([[true, false], [false, true], [true, true], [true, true]]);
});
