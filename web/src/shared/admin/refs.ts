import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Page, Ref } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { roleName } from "@/shared/format/role";

/** What stands for a name: flows have a title besides, numbers only themselves, results a label, reasons a name per language, built-in roles a key. */
type Named = Omit<Ref, "name"> & { name?: unknown; title?: string; number?: string; label?: unknown; builtin?: string | null };

/** Names for choosing: all rows of a small list (agents, queues, flows…). A role that may not see them gets none. */
export const refsQuery = (path: string) =>
  queryOptions({
    queryKey: ["refs", path],
    queryFn: async (): Promise<Ref[]> => {
      const found: Ref[] = [];
      let cursor: string | null = "";
      // Ten pages bound what a picker can hold; beyond that, search narrows on the server.
      for (let page = 0; cursor !== null && page < 10; page += 1) {
        const answer: Page<Named> | Named[] = await http.get(path, { cursor, limit: 200 });
        const rows = Array.isArray(answer) ? answer : answer.items;
        found.push(...rows.map((row) => ({ ...row, name: row.title || row.number || (row.builtin && roleName(row)) || localized(row.label ?? row.name, document.documentElement.lang) })));
        cursor = Array.isArray(answer) ? null : answer.next_cursor;
      }
      return found;
    },
    staleTime: 60_000,
    retry: false,
  });
