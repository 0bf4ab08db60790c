import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Problem } from "@/shared/api/problem";
import type { Conversation } from "@/shared/api/types";
import { sendSeen, threadQuery } from "../api/threads";

/** Who follows a conversation, or was mentioned in it, and looks at it now has seen what was new to them. Its customer is told nothing. */
export function useLooked(row: Conversation | undefined): void {
  const queries = useQueryClient();
  const id = row?.id ?? "";
  const last = useQuery({ ...threadQuery(id), enabled: false }).data?.last_seq ?? 0;
  const fresh = row !== undefined && (row.news > 0 || row.mentioned) ? `${row.news} ${row.mentioned}` : null;
  useEffect(() => {
    if (fresh === null || last === 0) return undefined;
    const tell = () => {
      if (document.visibilityState !== "visible" || !document.hasFocus()) return;
      sendSeen(id, last).then(() => queries.invalidateQueries({ queryKey: ["inbox"] }), (error: unknown) => {
        if (!(error instanceof Problem)) throw error; // told with the next look at the page
      });
    };
    tell();
    window.addEventListener("focus", tell);
    return () => window.removeEventListener("focus", tell);
  }, [queries, id, last, fresh]);
}
