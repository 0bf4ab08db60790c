import { useEffect, useRef } from "react";
import { http } from "@/shared/api/client";
import type { Call, Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { useFilling } from "@/shared/sensitive";

/** The server lets go of a field's pause after 90 s without a word. */
const ASK_AGAIN_MS = 45_000;

/** Pauses, and keeps it so; what it gives back lets the recording go on. */
function pause(call: Id, field: string, failed: (error: unknown) => void): () => void {
  const ask = () => http.post(`/calls/${call}/recording/pause`, { field }).catch(failed);
  let asked = ask();
  const again = setInterval(() => (asked = ask()), ASK_AGAIN_MS);
  return () => {
    clearInterval(again);
    // A call that is over by now, or that somebody had go on already, refuses.
    void asked.then(() => http.post(`/calls/${call}/recording/resume`)).catch(() => undefined);
  };
}

/** While a field for card data has the focus, the recording of my call pauses (nothing is shown: the strip says it); a pause that somebody chose before stays theirs. */
export default function FieldPause({ call }: { call: Call }): null {
  const field = useFilling();
  const describe = useProblemText();
  const goOn = useRef<(() => void) | null>(null);
  const recorded = call.recording === "on";
  useEffect(() => {
    if (field === null) {
      goOn.current?.();
      goOn.current = null;
    } else if (recorded && !goOn.current) goOn.current = pause(call.id, field, (error) => notice(describe(error), "bad"));
  }, [field, recorded, call.id, describe]);
  useEffect(() => () => goOn.current?.(), []);
  return null;
}
