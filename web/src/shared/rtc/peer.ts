/** What the two ends say to each other over the session's line. `from`, `to`: the ends as they are now; a page that is loaded anew is another. */
export type Signal =
  | { op: "hello"; from: string }
  | { op: "sdp"; from: string; to: string; description: RTCSessionDescriptionInit }
  | { op: "ice"; from: string; to: string; candidate: RTCIceCandidateInit | null }
  | { op: "restart"; from: string; to: string }
  | { op: "shows"; from: string; shows: Shows };

/** What of an end is to be heard and seen. */
export interface Shows {
  audio: boolean;
  video: "camera" | "screen" | null;
}

export interface Tracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
}

export interface PeerEnds {
  /** One side alone makes offers, so that they never meet: whatever changes later is another track in the same place. */
  offers: boolean;
  servers: RTCIceServer[];
  say: (signal: Signal) => void;
  onStream: (stream: MediaStream) => void;
  onShows: (shows: Shows) => void;
  onState: (state: "waiting" | "connected" | "lost") => void;
}

const PATIENCE_MS = 4000;

/** Sound and picture with one other end: connected again whenever the network or the other page comes back. */
export class Peer {
  private readonly id = Math.random().toString(36).slice(2) + Date.now().toString(36);
  private other: string | null = null;
  private connection: RTCPeerConnection | null = null;
  private early: (RTCIceCandidateInit | null)[] = [];
  private work: Promise<void> = Promise.resolve();
  private patience: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly ends: PeerEnds,
    private tracks: Tracks,
    private shows: Shows,
  ) {}

  /** The line is there (again), or the other side has come. */
  greet(): void {
    this.ends.say({ op: "hello", from: this.id });
    if (this.other !== null) this.ends.say({ op: "shows", from: this.id, shows: this.shows });
    if (this.connection && this.connection.connectionState !== "connected") this.restart();
  }

  /** From now on these are sent. */
  show(tracks: Tracks, shows: Shows): void {
    this.tracks = tracks;
    this.shows = shows;
    this.ends.say({ op: "shows", from: this.id, shows });
    this.enqueue(() => this.fill());
  }

  hear(signal: Signal): void {
    if (this.closed) return;
    if (signal.op === "hello") this.met(signal.from);
    else if (signal.op === "shows") this.ends.onShows(signal.shows);
    else if (signal.to !== this.id || signal.from !== this.other) return; // of a page that is gone
    else if (signal.op === "sdp") this.enqueue(() => this.described(signal.description));
    else if (signal.op === "ice") this.enqueue(() => this.candidate(signal.candidate));
    else if (this.ends.offers) this.enqueue(() => this.offer(true));
  }

  /** For those who want to know how it goes. */
  get stats(): Promise<RTCStatsReport> | null {
    return this.connection?.getStats() ?? null;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.patience);
    this.connection?.close();
  }

  private met(other: string): void {
    if (other === this.other) return;
    this.other = other;
    this.ends.say({ op: "hello", from: this.id });
    this.ends.say({ op: "shows", from: this.id, shows: this.shows });
    this.enqueue(() => this.begin());
  }

  private async begin(): Promise<void> {
    this.connection?.close();
    const connection = new RTCPeerConnection({ iceServers: this.ends.servers });
    this.connection = connection;
    this.early = [];
    const stream = new MediaStream();
    connection.ontrack = ({ track }) => {
      stream.addTrack(track);
      this.ends.onStream(stream);
    };
    connection.onicecandidate = ({ candidate }) => this.tell("ice", { candidate: candidate?.toJSON() ?? null });
    connection.onconnectionstatechange = () => this.changed(connection);
    this.ends.onState("waiting");
    if (!this.ends.offers) return;
    connection.addTransceiver("audio", { direction: "sendrecv" });
    connection.addTransceiver("video", { direction: "sendrecv" });
    await this.fill();
    await this.offer(false);
  }

  private changed(connection: RTCPeerConnection): void {
    if (connection !== this.connection) return;
    clearTimeout(this.patience);
    const state = connection.connectionState;
    if (state === "connected") this.ends.onState("connected");
    else if (state === "failed") this.restart();
    else if (state === "disconnected") {
      this.ends.onState("lost");
      this.patience = setTimeout(() => this.restart(), PATIENCE_MS);
    }
  }

  private restart(): void {
    if (this.closed || this.other === null) return;
    this.ends.onState("lost");
    if (this.ends.offers) this.enqueue(() => this.offer(true));
    else this.tell("restart", {});
  }

  private async offer(restart: boolean): Promise<void> {
    const { connection } = this;
    if (!connection) return;
    if (connection.signalingState === "have-local-offer") await connection.setLocalDescription({ type: "rollback" });
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: restart }));
    this.tell("sdp", { description: connection.localDescription });
  }

  private async described(description: RTCSessionDescriptionInit): Promise<void> {
    const { connection } = this;
    if (!connection || (description.type === "answer" && connection.signalingState !== "have-local-offer")) return;
    await connection.setRemoteDescription(description);
    for (const candidate of this.early.splice(0)) await connection.addIceCandidate(candidate ?? undefined);
    if (description.type !== "offer") return;
    for (const transceiver of connection.getTransceivers()) transceiver.direction = "sendrecv";
    await this.fill();
    await connection.setLocalDescription();
    this.tell("sdp", { description: connection.localDescription });
  }

  private async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
    if (!this.connection?.remoteDescription) this.early.push(candidate);
    else await this.connection.addIceCandidate(candidate ?? undefined);
  }

  private async fill(): Promise<void> {
    for (const { sender, receiver } of this.connection?.getTransceivers() ?? []) await sender.replaceTrack(receiver.track.kind === "audio" ? this.tracks.audio : this.tracks.video);
  }

  private tell(op: "sdp" | "ice" | "restart", more: object): void {
    if (this.other !== null) this.ends.say({ op, from: this.id, to: this.other, ...more } as Signal);
  }

  /** One thing after the other; what a stranger's signal breaks is mended by the next connection. */
  private enqueue(step: () => Promise<void>): void {
    this.work = this.work.then(() => (this.closed ? undefined : step())).catch(() => this.ends.onState("lost"));
  }
}
