import { useEffect } from "react";

/** Keeps the screen from going dark, where the browser can; asked for anew whenever the page is seen again. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let left = false;
    const ask = () => {
      if (document.visibilityState !== "visible") return;
      // Refused for an empty battery, say: the screen goes dark then, and the figures are none the worse.
      navigator.wakeLock?.request("screen").then((given) => {
        lock = given;
        if (left) void given.release();
      }, () => undefined);
    };
    ask();
    document.addEventListener("visibilitychange", ask);
    return () => {
      left = true;
      document.removeEventListener("visibilitychange", ask);
      void lock?.release();
    };
  }, []);
}

const REST_MS = 3000;

/** Pointer and buttons are there for a moment after somebody moved. */
export function useAwake(): void {
  useEffect(() => {
    const root = document.documentElement;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const rest = () => {
      delete root.dataset["awake"];
      root.style.cursor = "none";
    };
    const wake = () => {
      root.dataset["awake"] = "";
      root.style.cursor = "";
      if (timer) clearTimeout(timer);
      timer = setTimeout(rest, REST_MS);
    };
    wake();
    window.addEventListener("pointermove", wake);
    window.addEventListener("pointerdown", wake);
    return () => {
      window.removeEventListener("pointermove", wake);
      window.removeEventListener("pointerdown", wake);
      if (timer) clearTimeout(timer);
      delete root.dataset["awake"];
      root.style.cursor = "";
    };
  }, []);
}
