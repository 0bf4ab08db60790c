import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Plugin } from "vite";
import { WebSocketServer } from "ws";
import { answer } from "./http.ts";
import { attach } from "./hub.ts";
import "./routes-agent.ts";
import "./routes-together.ts";
import "./routes-records.ts";
import "./routes-floor.ts";
import "./routes-admin.ts";
import "./routes-bots.ts";
import "./routes-callbacks.ts";
import "./routes-chat.ts";
import "./routes-inbox.ts";
import "./routes-later.ts";
import "./routes-links.ts";
import "./routes-share.ts";
import "./routes-closings.ts";
import { attachSip } from "./sip.ts";

/** The in-memory server for developing and looking at screens without a backend. Never part of the build. */
export function devServer(): Plugin {
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (names) => (names.has("sip") ? "sip" : false) });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? "").split("?")[0];
    if (path !== "/api/v1/realtime" && path !== "/sip") return;
    sockets.handleUpgrade(request, socket, head, (client) => (path === "/sip" ? attachSip(client) : attach(client)));
  };
  const mount = (server: { middlewares: { use: (fn: (q: IncomingMessage, s: never, next: (e?: unknown) => void) => void) => void }; httpServer: unknown }) => {
    (server.httpServer as Server | null)?.on("upgrade", upgrade);
    server.middlewares.use((request, response, next) => {
      answer(request, response).then((done) => (done ? undefined : next()), next);
    });
  };
  return { name: "tongdai-dev-server", configureServer: (server) => mount(server as never), configurePreviewServer: (server) => mount(server as never) };
}
