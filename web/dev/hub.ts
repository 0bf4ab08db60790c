import type { WebSocket } from "ws";

interface Client { socket: WebSocket; topics: Set<string> }
const clients = new Set<Client>();
const log: { seq: number; topic: string; type: string; data: unknown }[] = [];
let last = 1000;

export const seq = (): string => String(last);

export function publish(topic: string, type: string, data: unknown): void {
  last += 1;
  const event = { seq: last, topic, type, data };
  log.push(event);
  if (log.length > 500) log.shift();
  for (const { socket, topics } of clients) {
    if (topics.has(topic)) socket.send(JSON.stringify({ op: "events", seq: String(last), events: [event] }));
  }
}

export function attach(socket: WebSocket): void {
  const client: Client = { socket, topics: new Set() };
  clients.add(client);
  socket.on("close", () => clients.delete(client));
  socket.on("message", (raw: Buffer) => {
    const message = JSON.parse(raw.toString()) as { op: string; since?: string | null; topics?: string[] };
    if (message.op === "ping") socket.send(JSON.stringify({ op: "pong" }));
    if (message.op !== "subscribe") return;
    client.topics = new Set(message.topics);
    const since = Number(message.since ?? last);
    const tooOld = since > last || (log.length > 0 && since < (log[0]?.seq ?? 0) - 1);
    if (tooOld) socket.send(JSON.stringify({ op: "resync" }));
    else for (const event of log) {
      if (client.topics.has(event.topic) && event.seq > since) socket.send(JSON.stringify({ op: "events", seq: String(event.seq), events: [event] }));
    }
    socket.send(JSON.stringify({ op: "ready", seq: String(last) }));
  });
}
export const dropAll = (): void => clients.forEach(({ socket }) => socket.terminate());
