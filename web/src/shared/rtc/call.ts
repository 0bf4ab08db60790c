import { LocalMedia, type MediaProblem, problemOf } from "./local.ts";
import { Peer, type Shows, type Signal } from "./peer.ts";

/** With what one comes into a call; more can be switched on in it. */
export type Wanted = "camera" | "microphone" | "nothing";

export interface CallState {
  state: "waiting" | "connected" | "lost";
  remote: MediaStream | null;
  theirs: Shows;
  mine: Shows;
  /** One's own picture, to be looked at. */
  own: MediaStreamTrack | null;
  problem: MediaProblem | null;
}

const NOTHING: Shows = { audio: false, video: null };

/** A call between the two ends of a session, as one of them. Both desktops use it; each brings its own line. */
export class Call {
  state: CallState = { state: "waiting", remote: null, theirs: NOTHING, mine: NOTHING, own: null, problem: null };
  private readonly local = new LocalMedia(() => this.changed());
  private readonly listeners = new Set<() => void>();
  private readonly peer: Peer;

  constructor(offers: boolean, servers: RTCIceServer[], say: (signal: Signal) => void) {
    this.peer = new Peer({
      offers, servers, say,
      onStream: (remote) => this.set({ remote }),
      onShows: (theirs) => this.set({ theirs: { audio: theirs?.audio === true, video: theirs?.video === "camera" || theirs?.video === "screen" ? theirs.video : null } }),
      onState: (state) => this.set({ state }),
    }, this.local.tracks, this.local.shows);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** One's own sound and picture; what cannot be had is left out and said. */
  async begin(wanted: Wanted): Promise<void> {
    if (wanted !== "nothing") await this.try(this.local.listen(true));
    if (wanted === "camera") await this.try(this.local.film(true));
  }

  /** The line is open, or the other side has come. */
  greet(): void {
    this.peer.greet();
  }

  hear(text: string): void {
    try {
      this.peer.hear(JSON.parse(text) as Signal);
    } catch {
      return; // a stranger's browser may say anything
    }
  }

  toggleSound(): Promise<void> {
    return this.try(this.local.listen(!this.state.mine.audio));
  }

  toggleCamera(): Promise<void> {
    return this.try(this.local.film(!this.local.filming));
  }

  toggleScreen(): Promise<void> {
    return this.try(this.local.share(this.state.mine.video !== "screen"));
  }

  get filming(): boolean {
    return this.local.filming;
  }

  get stats(): Promise<RTCStatsReport> | null {
    return this.peer.stats;
  }

  close(): void {
    this.peer.close();
    this.local.stop();
  }

  private changed(): void {
    this.peer.show(this.local.tracks, this.local.shows);
    this.set({ mine: this.local.shows, own: this.local.tracks.video });
  }

  private async try(doing: Promise<void>): Promise<void> {
    this.set({ problem: null });
    try {
      await doing;
    } catch (error) {
      // Who closes the browser's question about the screen has changed their mind.
      this.set({ problem: problemOf(error) });
    }
  }

  private set(part: Partial<CallState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
