import type { ToPage, FromPage } from "../bridge.ts";
import { Bar } from "./bar.ts";
import { Recorder } from "./recorder.ts";

/** What runs in the customer's page while it is shown; fetched only then. There is one page, and so there is one of each. */
let bar: Bar | null = null;
let recorder: Recorder | null = null;
let staying: ReturnType<typeof setInterval> | undefined;
const STAY_MS = 500;

/** `told` is what the chat window is told. The bar is there before anything is recorded, and as long as something is. */
export function hear(said: ToPage, told: (message: FromPage) => void): void {
  if (said.do === "begin") {
    if (recorder) recorder.again();
    else begin(said, told);
  } else if (said.do === "again") recorder?.again();
  else if (said.do === "point") bar?.point(said.x, said.y);
  else if (said.do === "mark") bar?.mark(said.x, said.y);
  else end();
}

function begin(said: Extract<ToPage, { do: "begin" }>, told: (message: FromPage) => void): void {
  bar = new Bar(said.words, said.who, () => {
    end();
    told({ is: "stop" });
  });
  staying = setInterval(() => bar?.stay(), STAY_MS);
  try {
    recorder = new Recorder({ events: (text) => told({ is: "events", text }), tooLarge: () => told({ is: "tooLarge" }) });
  } catch {
    end();
    told({ is: "blocked" });
  }
}

function end(): void {
  clearInterval(staying);
  recorder?.stop();
  bar?.remove();
  recorder = null;
  bar = null;
}
