/** Devices that the agent chose on this machine, and the page's one audio context. */
export type DeviceRole = "microphone" | "speaker" | "ringer";
const key = (role: DeviceRole): string => `tongdai.device.${role}`;

export const chosenDevice = (role: DeviceRole): string => localStorage.getItem(key(role)) ?? "";
export const chooseDevice = (role: DeviceRole, id: string): void => localStorage.setItem(key(role), id);

/** False on a page that is not HTTPS (or localhost): the browser hides the microphone there. */
export const canCapture = (): boolean => Boolean(navigator.mediaDevices?.getUserMedia);

export async function openMicrophone(): Promise<MediaStream> {
  const id = chosenDevice("microphone");
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: id ? { ...audio, deviceId: { exact: id } } : audio });
  } catch (error) {
    // The headset of yesterday may be in a drawer: any microphone is better than none.
    if (id && error instanceof DOMException && error.name === "OverconstrainedError") {
      return navigator.mediaDevices.getUserMedia({ audio });
    }
    throw error;
  }
}

let shared: AudioContext | null = null;
export const audioContext = (): AudioContext => (shared ??= new AudioContext());

/** True when the browser lets this page make sound (it may want one click first). */
export async function soundAllowed(): Promise<boolean> {
  const context = audioContext();
  if (context.state !== "running") await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 400))]);
  return context.state === "running";
}

/** Calls back with the loudness 0..1 at every frame until stopped. */
export function measure(stream: MediaStream, onLevel: (level: number) => void): () => void {
  const context = audioContext();
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let frame = requestAnimationFrame(function look() {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    // −60…0 dBFS drawn as 0…1: speech then fills the middle of the meter.
    onLevel(Math.min(1, Math.max(0, 1 + (10 * Math.log10(power + 1e-12)) / 60)));
    frame = requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
  };
}
