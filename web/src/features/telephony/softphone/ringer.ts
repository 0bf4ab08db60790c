import { audioContext, chosenDevice } from "./audio";

type SinkContext = AudioContext & { setSinkId?: (id: string) => Promise<void> };

function note(at: number, frequency: number, seconds: number, volume: number): void {
  const context = audioContext();
  const tone = context.createOscillator();
  const gain = context.createGain();
  tone.type = "sine";
  tone.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.02);
  gain.gain.setTargetAtTime(0, at + seconds * 0.5, seconds * 0.2);
  tone.connect(gain).connect(context.destination);
  tone.start(at);
  tone.stop(at + seconds + 0.2);
}

let timer: ReturnType<typeof setInterval> | null = null;

/** A soft two-note chime every three seconds: heard across a desk, bearable two hundred times a day. */
export function startRinging(): void {
  if (timer) return;
  const context = audioContext() as SinkContext;
  // A missing ringer device falls back to the default output.
  context.setSinkId?.(chosenDevice("ringer")).catch(() => context.setSinkId?.(""));
  void context.resume();
  const chime = () => {
    const at = context.currentTime + 0.05;
    [659, 880].forEach((frequency, index) => note(at + index * 0.18, frequency, 0.5, 0.25));
    [659, 880].forEach((frequency, index) => note(at + 0.7 + index * 0.18, frequency, 0.6, 0.2));
  };
  chime();
  timer = setInterval(chime, 3000);
}

export function stopRinging(): void {
  if (timer) clearInterval(timer);
  timer = null;
}

/** The short tone before a call that is answered by itself. */
export function beep(): void {
  void audioContext().resume();
  note(audioContext().currentTime + 0.02, 1046, 0.25, 0.3);
}
