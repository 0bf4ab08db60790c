import { useEffect, useRef, useState } from "react";
import { recordWav } from "./recordWav";

/** One recording by the microphone: how many seconds it runs (null: none does), and whether the microphone could not be used. It ends by itself. */
export function useTake(keep: (sound: Blob) => void, longestS: number) {
  const stop = useRef<(() => Promise<Blob>) | null>(null);
  const [seconds, setSeconds] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const end = async () => {
    const finish = stop.current;
    stop.current = null;
    setSeconds(null);
    if (finish) keep(await finish());
  };
  const begin = async () => {
    setFailed(false);
    try {
      stop.current = await recordWav();
      setSeconds(0);
      const taken = stop.current;
      setTimeout(() => stop.current === taken && void end(), longestS * 1000);
    } catch {
      setFailed(true);
    }
  };
  const recording = seconds !== null;
  useEffect(() => {
    if (!recording) return;
    const timer = setInterval(() => setSeconds((before) => (before === null ? null : before + 1)), 1000);
    return () => clearInterval(timer);
  }, [recording]);
  useEffect(() => () => void stop.current?.(), []);
  return { seconds, failed, begin: () => void begin(), end: () => void end() };
}
