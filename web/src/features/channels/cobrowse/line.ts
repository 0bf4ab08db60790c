import { API } from "@/shared/api/client";
import type { Id } from "@/shared/api/types";
import { backoffMs } from "@/shared/realtime/client";

const OVER = 4410;
const REFUSED = 4404;

export interface LineEnds {
  onText: (text: string) => void;
  /** Whether the customer's browser is there. */
  onThere: (there: boolean) => void;
  onOver: () => void;
}

/** The agent's connection to a session: opened anew until the session is over. */
export class ShareLine {
  private socket: WebSocket | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly share: Id,
    private readonly ends: LineEnds,
  ) {
    this.connect();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.socket?.close();
  }

  say(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  private connect(): void {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${API}/assignments/shares/${this.share}/socket`);
    this.socket = socket;
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      this.failures = 0;
      if (data.startsWith(">")) this.ends.onText(data.slice(1));
      else if (data === '{"op":"here"}') this.ends.onThere(true);
      else if (data === '{"op":"away"}') this.ends.onThere(false);
    };
    socket.onclose = ({ code }) => {
      if (this.closed) return;
      if (code === OVER || code === REFUSED) {
        this.ends.onOver();
        return;
      }
      this.ends.onThere(false);
      this.failures += 1;
      this.retry = setTimeout(() => this.connect(), backoffMs(this.failures, Math.random()));
    };
  }
}
