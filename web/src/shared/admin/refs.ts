import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Page, Ref } from "@/shared/api/types";

/** Names for choosing: all rows of a small list (agents, queues, flows…). A role that may not see them gets none. */
export const refsQuery = (path: string) =>
  queryOptions({
    queryKey: ["refs", path],
    queryFn: async (): Promise<Ref[]> => {
      const found: Ref[] = [];
      let cursor: string | null = "";
      // Ten pages bound what a picker can hold; beyond that, search narrows on the server.
      for (let page = 0; cursor !== null && page < 10; page += 1) {
        const answer: Page<Ref & { label?: string; number?: string }> | Ref[] = await http.get(path, { cursor, limit: 200 });
        const rows = Array.isArray(answer) ? answer : answer.items;
        found.push(...rows);
        cursor = Array.isArray(answer) ? null : answer.next_cursor;
      }
      return found;
    },
    staleTime: 60_000,
    retry: false,
  });
