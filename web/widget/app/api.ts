import type { About, Attachment, Away, Frame, Left, Message, Opened } from "./types.ts";
import type { Fact, Given } from "../bridge.ts";
import type { Pending } from "./outbox.ts";

/** `status` 0: no answer came. `wait`: so long (ms) the server wants to be left alone. */
export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; code: string; fields: string[]; wait: number | null; detail?: string };

const ANSWER_MS = 15_000;
const POLL_MS = 40_000;
const STILL_MS = 30_000;

interface Problem {
  code?: string;
  detail?: string;
  errors?: { field: string }[];
}

/** The server as one visitor asks it. */
export class Api {
  constructor(
    private readonly key: string,
    private readonly token: () => string | null,
  ) {}

  get base(): string {
    return `/api/v1/chat/${encodeURIComponent(this.key)}`;
  }

  open(language: string): Promise<Answer<Opened>> {
    return this.ask("POST", "open", { token: this.token(), language });
  }

  /** Who the visitor is, as the site's server has signed it. */
  identify(given: Given): Promise<Answer<Opened>> {
    return this.ask("POST", "identify", typeof given === "string" ? { token: given } : given);
  }

  leaveMessage(left: Omit<Left, "id"> & { client_id: string; page: string }): Promise<Answer<{ answered_by: "email" | "chat" }>> {
    return this.ask("POST", "offline", left);
  }

  transcript(client_id: string, email: string): Promise<Answer<null>> {
    return this.ask("POST", "transcript", { client_id, email });
  }

  /** What the page tells of the visit; null takes it back. */
  tell(attributes: Record<string, Fact | null>): Promise<Answer<null>> {
    return this.ask("POST", "attributes", { attributes });
  }

  /** Whether somebody is there; asked before a greeting comes up. */
  there(): Promise<Answer<{ away: Away }>> {
    return this.ask("GET", "there");
  }

  leave(): Promise<Answer<null>> {
    return this.ask("POST", "leave");
  }

  write({ client_id, body, pressed, files = [], page, greeting, attributes = {} }: Pending, about: About): Promise<Answer<Message>> {
    return this.ask("POST", "messages", { client_id, body, pressed: pressed ?? null, attachments: files.map(({ id }) => id), page, about, greeting: greeting ?? null, attributes });
  }

  /** The file as it is. `onShare`: how much of it is there, 0 to 1. One that stands still is given up, to be tried again. */
  upload(client_id: string, file: File, abort: AbortSignal, onShare: (share: number) => void): Promise<Answer<Attachment>> {
    return new Promise((resolve) => {
      const ask = new XMLHttpRequest();
      let timer: ReturnType<typeof setTimeout>;
      const wait = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => ask.abort(), STILL_MS);
      };
      const end = (answer: Answer<Attachment>): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      ask.open("POST", `${this.base}/files?${new URLSearchParams({ name: file.name || "file", client_id })}`);
      ask.setRequestHeader("X-Visitor", this.token() ?? "");
      ask.responseType = "json";
      ask.upload.onprogress = ({ loaded }) => {
        wait();
        onShare(Math.min(1, loaded / file.size));
      };
      ask.onload = () => {
        const { status, response } = ask as { status: number; response: unknown };
        if (status === 201) end({ ok: true, value: response as Attachment });
        else end({ ok: false, status, code: (response as Problem | null)?.code ?? "", fields: [], wait: null });
      };
      ask.onerror = ask.onabort = () => end({ ok: false, status: 0, code: "", fields: [], wait: null });
      abort.addEventListener("abort", () => ask.abort());
      wait();
      ask.send(file);
    });
  }

  /** A file of the chat; null when it cannot be had. `show`: a picture, to be seen. */
  async file({ id }: Attachment, show: boolean): Promise<Blob | null> {
    const answer = await fetch(`${this.base}/files/${id}${show ? "?show=true" : ""}`, { headers: { "X-Visitor": this.token() ?? "" }, credentials: "omit" }).catch(() => null);
    return answer?.ok ? answer.blob().catch(() => null) : null;
  }

  seen(seq: number): Promise<Answer<null>> {
    return this.ask("POST", "seen", { seq });
  }

  typing(): Promise<Answer<null>> {
    return this.ask("POST", "typing");
  }

  /** Whether one's page is shown; `unable`: it cannot be. */
  answer(share: string, answer: "agree" | "decline" | "unable"): Promise<Answer<null>> {
    return this.ask("POST", `shares/${share}/answer`, { answer });
  }

  /** Through which servers a call goes. */
  ice(share: string): Promise<Answer<RTCIceServer[]>> {
    return this.ask("GET", `shares/${share}/ice`);
  }

  endShare(share: string): Promise<Answer<null>> {
    return this.ask("POST", `shares/${share}/end`);
  }

  end(): Promise<Answer<null>> {
    return this.ask("POST", "end");
  }

  events(since: number, abort: AbortSignal): Promise<Answer<Frame>> {
    return this.ask("GET", `events?since=${since}`, undefined, POLL_MS, abort);
  }

  private async ask<T>(method: string, path: string, body?: unknown, within = ANSWER_MS, abort?: AbortSignal): Promise<Answer<T>> {
    const control = new AbortController();
    const timer = setTimeout(() => control.abort(), within);
    abort?.addEventListener("abort", () => control.abort());
    try {
      const token = this.token();
      const headers: Record<string, string> = { ...(token ? { "X-Visitor": token } : {}), ...(body ? { "Content-Type": "application/json" } : {}) };
      const answer = await fetch(`${this.base}/${path}`, { method, headers, credentials: "omit", cache: "no-store", signal: control.signal, ...(body ? { body: JSON.stringify(body) } : {}) });
      if (answer.ok) return { ok: true, value: (answer.status === 204 ? null : await answer.json()) as T };
      const problem = ((await answer.json().catch(() => null)) ?? {}) as Problem;
      const seconds = Number(answer.headers.get("Retry-After") ?? Number.NaN);
      return {
        ok: false,
        status: answer.status,
        code: problem.code ?? "",
        detail: problem.detail ?? "",
        fields: (problem.errors ?? []).map(({ field }) => field),
        wait: Number.isFinite(seconds) ? seconds * 1000 : null,
      };
    } catch {
      return { ok: false, status: 0, code: "", fields: [], wait: null };
    } finally {
      clearTimeout(timer);
    }
  }
}
