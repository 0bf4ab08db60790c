import { useEffect, useState } from "react";
import { http } from "@/shared/api/client";
import type { Id } from "@/shared/api/types";
import { Call } from "@/shared/rtc/call";
import { ShareLine } from "../cobrowse/line";
import { wantedFor } from "./wanted";

/** One's own end of the call; null until it is known through which servers it goes. */
export function useCall(share: Id, interaction: Id, onOver: () => void): Call | null {
  const [call, setCall] = useState<Call | null>(null);
  useEffect(() => {
    let line: ShareLine | null = null;
    let made: Call | null = null;
    let over = false;
    void http.get<RTCIceServer[]>(`/assignments/shares/${share}/ice`).catch(() => []).then(async (servers) => {
      if (over) return;
      made = new Call(true, servers, (signal) => line?.say(signal));
      setCall(made);
      await made.begin(wantedFor(interaction));
      if (over) return;
      line = new ShareLine(share, { onText: (text) => made?.hear(text), onThere: (there) => there && made?.greet(), onOver });
    });
    return () => {
      over = true;
      line?.close();
      made?.close();
      setCall(null);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- who is told of the end does not begin another call
  }, [share, interaction]);
  return call;
}
