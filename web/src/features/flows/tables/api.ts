import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { DataImport, DataRow, DataTable, Id, Page } from "@/shared/api/types";

export const PATH = "/data-tables";
export const tableQuery = (id: Id) => queryOptions({ queryKey: ["data-table", id], queryFn: () => http.get<DataTable>(`${PATH}/${id}`) });

/** Rows may be many: they are searched on the server, and come page by page in the order of their keys. */
export const dataRowsQuery = (tableId: Id, q: string) =>
  infiniteQueryOptions({
    queryKey: ["data-rows", tableId, q],
    queryFn: ({ pageParam }) => http.get<Page<DataRow>>(`${PATH}/${tableId}/rows`, { q, cursor: pageParam, limit: 100 }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });

export interface Cells { cells: Record<string, string> }

export function useDataRows(tableId: Id) {
  const queries = useQueryClient();
  const path = `${PATH}/${tableId}`;
  const onSuccess = () => Promise.all([queries.invalidateQueries({ queryKey: ["data-rows", tableId] }), queries.invalidateQueries({ queryKey: ["data-table", tableId] }), queries.invalidateQueries({ queryKey: ["admin", PATH] })]);
  return {
    add: useMutation({ mutationFn: (body: Cells) => http.post<DataRow>(`${path}/rows`, body), onSuccess }),
    change: useMutation({ mutationFn: ({ id, ...body }: Cells & { id: Id; version: number; unlock?: boolean }) => http.patch<DataRow>(`${path}/rows/${id}`, body), onSuccess }),
    archive: useMutation({ mutationFn: (id: Id) => http.delete(`${path}/rows/${id}`), onSuccess }),
    restore: useMutation({ mutationFn: (id: Id) => http.post<DataRow>(`${path}/rows/${id}/restore`), onSuccess }),
    bring: useMutation({
      mutationFn: ({ file, all }: { file: File; all: boolean }) => {
        const form = new FormData();
        form.append("file", file);
        form.append("replace_all", String(all));
        return http.post<DataImport>(`${path}/import`, form);
      },
      onSuccess,
    }),
  };
}
