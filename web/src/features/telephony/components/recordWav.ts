import worklet from "./take.worklet.js?url&no-inline";

const RATE = 16_000;

/** What is heard by the microphone, until it is stopped: as a WAV file, which the server reads whichever browser recorded it. */
export async function recordWav(): Promise<() => Promise<Blob>> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const context = new AudioContext({ sampleRate: RATE });
  const pieces: Float32Array[] = [];
  try {
    await context.audioWorklet.addModule(worklet);
    const take = new AudioWorkletNode(context, "take");
    take.port.onmessage = (event: MessageEvent<Float32Array>) => pieces.push(event.data);
    context.createMediaStreamSource(stream).connect(take);
  } catch (error) {
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    throw error;
  }
  return async () => {
    stream.getTracks().forEach((track) => track.stop());
    await context.close();
    return wavOf(pieces);
  };
}

/** 16-bit mono. */
export function wavOf(pieces: Float32Array[]): Blob {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const view = new DataView(new ArrayBuffer(44 + length * 2));
  const word = (at: number, text: string) => [...text].forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + length * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, length * 2, true);
  let at = 44;
  for (const piece of pieces) {
    for (const sample of piece) {
      view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
      at += 2;
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
