import type { IncomingMessage, ServerResponse } from "node:http";

export interface Request { params: Record<string, string>; query: URLSearchParams; body: Record<string, unknown>; raw: IncomingMessage }
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: Record<string, unknown>;

  constructor(status: number, code: string, more: Record<string, unknown> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}
export interface RawReply { raw: Buffer; type: string }
type Handler = (request: Request) => unknown;

const routes: { method: string; pattern: RegExp; names: string[]; handler: Handler }[] = [];

/** `route("GET /contacts/:id", …)`; the first that matches answers. Undefined becomes 204. */
export function route(spec: string, handler: Handler): void {
  const [method = "", path = ""] = spec.split(" ");
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? "");
  routes.push({ method, names, handler, pattern: new RegExp(`^${path.replace(/:\w+/g, "([^/]+)")}$`) });
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  if (!text || !(request.headers["content-type"] ?? "").includes("json")) return {};
  return JSON.parse(text) as Record<string, unknown>;
}

export async function answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const address = new URL(request.url ?? "/", "http://localhost");
  if (!address.pathname.startsWith("/api/v1")) return false;
  const path = address.pathname.slice("/api/v1".length);
  const found = routes.find(({ method, pattern }) => method === request.method && pattern.test(path));
  const reply = (status: number, body: unknown, type = "application/json") => {
    response.statusCode = status;
    if (body !== undefined) response.setHeader("content-type", type);
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const refuse = (status: number, code: string, more: object = {}) =>
    reply(status, { type: "about:blank", title: code, status, code, detail: code, ...more }, "application/problem+json");
  if (!found) {
    refuse(404, "not_found");
    return true;
  }
  const values = found.pattern.exec(path)?.slice(1) ?? [];
  const params = Object.fromEntries(found.names.map((name, index) => [name, decodeURIComponent(values[index] ?? "")]));
  try {
    const result = found.handler({ params, query: address.searchParams, body: await readBody(request), raw: request });
    if (result && typeof result === "object" && "raw" in result) {
      const { raw, type } = result as RawReply;
      response.setHeader("content-type", type);
      response.setHeader("accept-ranges", "bytes");
      const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "");
      if (!range) response.end(raw);
      else {
        const start = Number(range[1]);
        const end = range[2] ? Number(range[2]) : raw.length - 1;
        response.statusCode = 206;
        response.setHeader("content-range", `bytes ${start}-${end}/${raw.length}`);
        response.end(raw.subarray(start, end + 1));
      }
    } else reply(result === undefined ? 204 : 200, result);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuse(error.status, error.code, error.more);
  }
  return true;
}
