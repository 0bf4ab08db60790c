import { queryOptions, useMutation, useQueries, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Page } from "@/shared/api/types";
import { refsQuery } from "./refs";
import type { Field, Names, Row } from "./types";

export const rowsQuery = (path: string) =>
  queryOptions({
    queryKey: ["admin", path],
    queryFn: async (): Promise<Row[]> => {
      const rows: Row[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: Page<Row> | Row[] = await http.get(path, { cursor, limit: 200 });
        rows.push(...(Array.isArray(page) ? page : page.items));
        cursor = Array.isArray(page) ? null : page.next_cursor;
      }
      return rows;
    },
  });

/** Writes to one resource; every one of them refreshes its list and whatever shows its names. */
export function useWrites(path: string) {
  const queries = useQueryClient();
  const refresh = () => Promise.all([
    queries.invalidateQueries({ queryKey: ["admin", path] }), queries.invalidateQueries({ queryKey: ["refs", path] }),
    queries.invalidateQueries({ queryKey: ["presence", "reasons"] }), queries.invalidateQueries({ queryKey: ["dispositions"] }),
  ]);
  const create = useMutation({ mutationFn: (body: Record<string, unknown>) => http.post<Row>(path, body), onSuccess: refresh });
  const change = useMutation({ mutationFn: ({ id, ...body }: { id: Id; version: number } & Record<string, unknown>) => http.patch<Row>(id ? `${path}/${id}` : path, body), onSuccess: refresh });
  const archive = useMutation({ mutationFn: (id: Id) => http.delete(`${path}/${id}`), onSuccess: refresh });
  const restore = useMutation({ mutationFn: (id: Id) => http.post<Row>(`${path}/${id}/restore`), onSuccess: refresh });
  return { create, change, archive, restore };
}

/** Looks up names of referenced rows for sentences: every list that the fields point into is fetched once. */
export function useNames(fields: Field[], more: readonly string[] = []): Names {
  const paths = [...new Set([...fields.flatMap((field) => (field.refs ? [field.refs] : [])), ...more])];
  const found = useQueries({ queries: paths.map((path) => refsQuery(path)) });
  return (path, id) => {
    const row = found[paths.indexOf(path)]?.data?.find((one) => one.id === id) as { name?: unknown } | undefined;
    return typeof row?.name === "string" ? row.name : null;
  };
}
