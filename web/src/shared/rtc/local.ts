import type { Shows, Tracks } from "./peer.ts";

export type MediaProblem = "refused" | "missing" | "busy";

/** Why a camera, microphone or screen is not to be had. */
export function problemOf(error: unknown): MediaProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "missing";
}

/** One's own microphone, camera and screen: what of them is on. What is off is let go, so that no light stays on. */
export class LocalMedia {
  private microphone: MediaStreamTrack | null = null;
  private camera: MediaStreamTrack | null = null;
  private screen: MediaStreamTrack | null = null;
  muted = false;

  constructor(private readonly changed: () => void) {}

  get tracks(): Tracks {
    return { audio: this.microphone, video: this.screen ?? this.camera };
  }

  get shows(): Shows {
    return { audio: this.microphone !== null && !this.muted, video: this.screen ? "screen" : this.camera ? "camera" : null };
  }

  get filming(): boolean {
    return this.camera !== null;
  }

  static get canShareScreen(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  /** Raises what the browser raises. */
  async listen(on: boolean): Promise<void> {
    if (on && !this.microphone) this.microphone = await this.one({ audio: true });
    this.mute(!on);
  }

  mute(muted: boolean): void {
    this.muted = muted;
    if (this.microphone) this.microphone.enabled = !muted;
    this.changed();
  }

  async film(on: boolean): Promise<void> {
    if (on) this.camera ??= await this.one({ video: { width: { ideal: 640 }, height: { ideal: 480 } } });
    else this.let("camera");
    this.changed();
  }

  async share(on: boolean): Promise<void> {
    if (on && !this.screen) {
      const [track] = (await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })).getVideoTracks();
      this.screen = track ?? null;
      // The browser has a button of its own that ends it.
      track?.addEventListener("ended", () => void this.share(false));
    } else if (!on) this.let("screen");
    this.changed();
  }

  stop(): void {
    this.microphone?.stop();
    this.microphone = null;
    this.let("camera");
    this.let("screen");
  }

  private let(which: "camera" | "screen"): void {
    this[which]?.stop();
    this[which] = null;
  }

  private async one(wanted: MediaStreamConstraints): Promise<MediaStreamTrack | null> {
    const track = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks()[0] ?? null;
    track?.addEventListener("ended", () => {
      if (track === this.camera) void this.film(false);
    });
    return track;
  }
}
