import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Problem } from "@/shared/api/problem";
import type { Id } from "@/shared/api/types";
import { sendSeen, threadQuery } from "../api/threads";

/** Tells that everything up to `last` was seen, once the page is in sight and in use. */
export function useSeen(id: Id, last: number, read: number, inSight: boolean): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (!inSight || last <= read) return undefined;
    let told = false;
    const tell = () => {
      if (told || document.visibilityState !== "visible" || !document.hasFocus()) return;
      told = true;
      sendSeen(id, last).then(
        () => queries.setQueryData(threadQuery(id).queryKey, (thread) => thread && { ...thread, read_seq: Math.max(thread.read_seq, last) }),
        (error: unknown) => {
          if (!(error instanceof Problem)) throw error;
          // Told with the next look at the page.
          told = false;
        },
      );
    };
    tell();
    window.addEventListener("focus", tell);
    window.addEventListener("online", tell);
    document.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      window.removeEventListener("online", tell);
      document.removeEventListener("visibilitychange", tell);
    };
  }, [queries, id, last, read, inSight]);
}
