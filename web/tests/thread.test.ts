import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { putMessage, refreshed, threadQuery } from "@/features/conversations/api/threads";
import { Outbox } from "@/features/conversations/outbox";
import { linked, marksOf, partsOf, withMerged } from "@/features/conversations/thread";
import { type Upload, Uploads } from "@/features/conversations/uploads";
import { Problem } from "@/shared/api/problem";
import type { Attachment, Linked, Message, Thread } from "@/shared/api/types";

const message = (seq: number, part: Partial<Message> = {}): Message => ({
  id: `m${seq}`, conversation_id: "c", seq, author: "customer", user: null, kind: "text", body: `text ${seq}`, data: {}, attachments: [], client_id: null, at: new Date(Date.UTC(2026, 10, 30, 16, seq)).toISOString(), ...part,
});
const thread = (from: number, to: number, part: Partial<Thread> = {}): Thread => ({
  id: "c", messages: Array.from({ length: to - from + 1 }, (_, place) => message(from + place)), more: from > 1, last_seq: to, seen_seq: 0, read_seq: 0, writable: true, undo_s: 0, ...part,
});

describe("a thread", () => {
  it("is told by days of the reader, authors and what happened", () => {
    const lan = { id: "u", name: "Lan" };
    const rows = [message(1), message(2), message(9), message(10, { author: "agent", user: lan }), message(11, { author: "agent", user: lan, kind: "note" }), message(12, { author: "system", kind: "event" }), message(70)];
    const parts = partsOf(rows, "Asia/Ho_Chi_Minh");
    expect(parts.map((part) => (part.kind === "group" ? part.messages.map((one) => one.seq) : part.kind))).toEqual(["day", [1, 2], [9], [10], [11], "event", "day", [70]]);
    expect(partsOf(rows, "UTC").filter((part) => part.kind === "day")).toHaveLength(1);
  });
  it("shows what is merged into it where its last message would stand, and not above what is not loaded yet", () => {
    const merged = (key: string, last_at: string) => ({ conversation: { id: key, last_at } }) as Linked;
    const parts = partsOf([message(10), message(30)], "UTC");
    const rows = [merged("late", message(40).at), merged("early", message(5).at), merged("between", message(20).at)];
    const keys = (more: boolean) => withMerged(parts, rows, more).map((part) => (part.kind === "merged" ? part.key : part.kind));
    expect(keys(false)).toEqual(["early", "day", "group", "between", "group", "late"]);
    expect(keys(true)).toEqual(["day", "group", "between", "group", "late"]);
    expect(withMerged([], rows, false).map((part) => part.key)).toEqual(["early", "between", "late"]);
  });
  it("says of the last of ours that was seen, and of the last that was not", () => {
    const ours = [1, 2, 3].map((seq) => message(seq, { author: "agent" }));
    expect([...marksOf(ours, 2)]).toEqual([[3, "sent"], [2, "seen"]]);
    expect([...marksOf(ours, 3)]).toEqual([[3, "seen"]]);
  });
  it("has addresses that can be clicked, and nothing else that can", () => {
    expect(linked("see https://a.example/x?y=1. javascript:alert(1)")).toEqual([{ text: "see " }, { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" }, { text: ". javascript:alert(1)" }]);
    expect(linked("plain")).toEqual([{ text: "plain" }]);
  });
  it("keeps what was read before when it is read anew, unless there is a gap", () => {
    expect(refreshed(thread(1, 60), thread(15, 64)).messages.map((one) => one.seq)).toEqual(Array.from({ length: 64 }, (_, place) => place + 1));
    expect(refreshed(thread(1, 60), thread(15, 64)).more).toBe(false);
    expect(refreshed(thread(1, 10), thread(15, 64)).messages[0]?.seq).toBe(15);
  });
  it("keeps what the stream told while it was read anew", () => {
    const now = refreshed(thread(1, 12), thread(1, 10));
    expect([now.messages.map((one) => one.seq), now.last_seq]).toEqual([Array.from({ length: 12 }, (_, place) => place + 1), 12]);
    expect(refreshed(thread(20, 22), thread(1, 10)).last_seq).toBe(10);
  });
  it("takes the stream's messages once and in order, and notices a gap", () => {
    const queries = new QueryClient();
    expect(putMessage(queries, message(4))).toBe(false);
    queries.setQueryData(threadQuery("c").queryKey, thread(1, 3));
    expect([putMessage(queries, message(4)), putMessage(queries, message(4)), putMessage(queries, message(6))]).toEqual([true, true, false]);
    expect(queries.getQueryData(threadQuery("c").queryKey)?.messages.map((one) => one.seq)).toEqual([1, 2, 3, 4]);
  });
});

describe("the outbox", () => {
  const answers: (() => Response)[] = [];
  const sent: { client_id: string; body: string }[] = [];
  beforeEach(() => {
    localStorage.clear();
    answers.length = sent.length = 0;
    vi.useFakeTimers();
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      sent.push(JSON.parse(String(init.body)) as { client_id: string; body: string });
      const answer = answers.shift();
      return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("offline"));
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const ok = (seq: number) => () => Response.json(message(seq, { author: "agent" }), { status: 201 });
  const refusal = (status: number) => () => Response.json({ code: "not_yours", detail: "Not yours." }, { status, headers: { "content-type": "application/problem+json" } });

  it("sends in order, again under the same name until it is acknowledged, and keeps the rest over a reload", async () => {
    const first = new Outbox("lan", new QueryClient());
    const close = first.start();
    first.write("c", "text", "one");
    first.write("c", "text", "two");
    await vi.advanceTimersByTimeAsync(100);
    expect(sent.map((one) => one.body)).toEqual(["one"]);
    close();
    const second = new Outbox("lan", new QueryClient());
    expect(second.snapshot().map((one) => one.body)).toEqual(["one", "two"]);
    answers.push(refusal(503), ok(1), ok(2));
    const stop = second.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.slice(0, 3).map((one) => one.body)).toEqual(["one", "one", "one"]);
    expect(new Set(sent.filter((one) => one.body === "one").map((one) => one.client_id)).size).toBe(1);
    expect(second.snapshot()).toEqual([]);
    expect(localStorage.length).toBe(0);
    stop();
  });
  it("does not send by itself what was refused, and goes on with what comes after", async () => {
    const outbox = new Outbox("lan", new QueryClient());
    answers.push(refusal(409), ok(1));
    outbox.write("c", "text", "late");
    outbox.write("c", "note", "for colleagues");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sent.map((one) => one.body)).toEqual(["late", "for colleagues"]);
    expect(outbox.snapshot()).toMatchObject([{ body: "late", refused: { code: "not_yours", detail: "Not yours." } }]);
    answers.push(ok(2));
    outbox.again(outbox.snapshot()[0]?.client_id ?? "");
    await vi.advanceTimersByTimeAsync(100);
    expect(outbox.snapshot()).toEqual([]);
  });
  it("is nobody else's on the same machine", () => {
    new Outbox("lan", new QueryClient()).write("c", "text", "mine");
    expect(new Outbox("minh", new QueryClient()).snapshot()).toEqual([]);
  });
});

describe("uploads", () => {
  const sent: Attachment = { id: "f", name: "a.png", media_type: "image/png", size: 3, shown: true };
  const refused = (status: number, code: string) => new Problem({ status, code, detail: code });
  const file = (name: string, size = 3): File => Object.defineProperty(new File(["abc"], name), "size", { value: size });
  const answering = (...answers: (Problem | Attachment)[]) => {
    const tried: string[] = [];
    const uploads = new Uploads((client_id) => {
      tried.push(client_id);
      const answer = answers.shift() ?? sent;
      return answer instanceof Problem ? Promise.reject(answer) : Promise.resolve(answer);
    });
    return { tried, uploads };
  };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are tried again under the same name while the network is away, and go with one message", async () => {
    const { tried, uploads } = answering(refused(0, "offline"), refused(503, "database_away"));
    uploads.add([file("a.png")]);
    expect(uploads.busy).toBe(true);
    const settled = uploads.settled();
    await vi.advanceTimersByTimeAsync(30_000);
    await settled;
    expect([tried.length, new Set(tried).size]).toEqual([3, 1]);
    expect([uploads.take(), uploads.take(), uploads.snapshot()]).toEqual([[sent], [], []]);
  });
  it("say why they do not go; the rest goes, and those go when somebody wants it", async () => {
    const { tried, uploads } = answering(refused(415, "file_kind"), ...Array.from({ length: 5 }, () => refused(0, "offline")));
    uploads.add([file("big", 21 * 1024 * 1024), file("none", 0), file("a.zip"), file("b.png")]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(uploads.snapshot().map((one) => one.problem?.code)).toEqual(["file_too_big", "file_empty", "file_kind", "offline"]);
    uploads.again(uploads.snapshot()[3] as Upload);
    await vi.advanceTimersByTimeAsync(0);
    expect([uploads.take(), tried.length]).toEqual([[sent], 7]);
  });
  it("are ten with a message, and stop when they are taken away", async () => {
    const { tried, uploads } = answering(...Array.from({ length: 10 }, () => refused(0, "offline")));
    uploads.add(Array.from({ length: 11 }, (_, place) => file(`${place}`)));
    expect(uploads.snapshot().filter((one) => one.problem)).toHaveLength(1);
    for (const one of uploads.snapshot()) uploads.drop(one);
    await vi.advanceTimersByTimeAsync(30_000);
    expect([uploads.snapshot(), tried.length]).toEqual([[], 10]);
  });
});
