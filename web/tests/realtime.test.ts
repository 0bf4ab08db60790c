import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoffMs, RealtimeClient, type RealtimeEvent } from "@/shared/realtime/client";

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: { op: string; since?: string | null; topics?: string[] }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
    this.onclose?.();
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}
const last = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was made");
  return socket;
};

function make() {
  const events: RealtimeEvent[] = [];
  const resynced: string[] = [];
  const poll = vi.fn();
  const client = new RealtimeClient({
    url: () => "ws://test", socket: () => new FakeSocket() as unknown as WebSocket, random: () => 0,
    onEvent: (event) => events.push(event), onResync: (topic) => resynced.push(topic), onPoll: poll,
  });
  return { client, events, resynced, poll };
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("the live link", () => {
  it("subscribes from the snapshot's cursor and goes on from the last event after a break", () => {
    const { client, events } = make();
    client.join("me");
    client.start("10");
    last().open();
    expect(last().sent).toEqual([{ op: "subscribe", since: "10", topics: ["me"] }]);
    last().say({ op: "ready", seq: "10" });
    last().say({ op: "events", seq: "12", events: [{ topic: "me", type: "presence.changed", data: {} }] });
    expect(events).toHaveLength(1);
    expect(client.state).toBe("live");
    last().close();
    expect(client.state).toBe("waiting");
    vi.advanceTimersByTime(2000);
    last().open();
    expect(last().sent[0]).toEqual({ op: "subscribe", since: "12", topics: ["me"] });
  });

  it("comes back to where it was before a subscription that was not answered", () => {
    const { client } = make();
    client.join("me");
    client.start("10");
    last().open();
    last().say({ op: "ready", seq: "10" });
    client.join("board");
    client.join("interactions");
    last().say({ op: "events", seq: "12", events: [{ topic: "me", type: "presence.changed", data: {} }] });
    last().say({ op: "ready", seq: "12" });
    last().close();
    vi.advanceTimersByTime(2000);
    last().open();
    expect(last().sent).toEqual([{ op: "subscribe", since: "10", topics: ["me", "board", "interactions"] }]);
    last().say({ op: "ready", seq: "15" });
    last().close();
    vi.advanceTimersByTime(2000);
    last().open();
    expect(last().sent[0]).toMatchObject({ since: "15" });
  });

  it("takes several events out of one message, all at its cursor", () => {
    const { client, events } = make();
    client.start("1");
    last().open();
    last().say({ op: "ready", seq: "1" });
    last().say({ op: "events", seq: "7", events: [{ topic: "board", type: "board.queue", data: {} }, { topic: "board", type: "board.agent", data: {} }] });
    expect(events.map(({ type, seq }) => [type, seq])).toEqual([["board.queue", "7"], ["board.agent", "7"]]);
    last().close();
    vi.advanceTimersByTime(2000);
    last().open();
    expect(last().sent[0]).toMatchObject({ since: "7" });
  });

  it("has every topic fetched anew when the server says that it lost the place", () => {
    const { client, resynced } = make();
    client.join("me");
    client.join("board");
    client.start("1");
    last().open();
    last().say({ op: "resync" });
    expect(resynced).toEqual(["me", "board"]);
    last().say({ op: "resync", topics: ["board"] });
    expect(resynced).toEqual(["me", "board", "board"]);
  });

  it("counts who is on a topic and leaves it with the last", () => {
    const { client } = make();
    client.start("1");
    last().open();
    const first = client.join("board");
    const second = client.join("board");
    first();
    expect(last().sent.at(-1)?.topics).toEqual(["board"]);
    second();
    expect(last().sent.at(-1)?.topics).toEqual([]);
  });

  it("polls after three failures and stops polling once it is live again", () => {
    const { client, poll } = make();
    client.start("1");
    for (let failure = 0; failure < 3; failure += 1) {
      last().close();
      vi.advanceTimersByTime(20_000);
    }
    expect(client.state).toBe("polling");
    const before = poll.mock.calls.length;
    expect(before).toBeGreaterThan(0);
    last().open();
    last().say({ op: "ready", seq: "9" });
    vi.advanceTimersByTime(14_000);
    expect(poll).toHaveBeenCalledTimes(before);
    expect(client.state).toBe("live");
  });

  it("gives up on a socket that has gone silent", () => {
    const { client } = make();
    client.start("1");
    last().open();
    last().say({ op: "ready", seq: "1" });
    vi.advanceTimersByTime(50_000);
    expect(FakeSocket.all.length).toBeGreaterThan(1);
    expect(client.state).not.toBe("live");
  });

  it("backs off to at most 15 seconds, spread by chance", () => {
    expect(backoffMs(1, 0)).toBe(500);
    expect(backoffMs(1, 1)).toBe(1000);
    expect(backoffMs(50, 1)).toBe(15_000);
  });
});
