import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Page, Voicemail } from "@/shared/api/types";

export const voicemailsQuery = queryOptions({ queryKey: ["voicemails"], queryFn: () => http.get<Page<Voicemail>>("/voicemails", { limit: 200 }) });

export function useMarkHeard() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ row, heard }: { row: Voicemail; heard: boolean }) => http.patch<Voicemail>(`/voicemails/${row.id}`, { heard, version: row.version }),
    onSettled: () => queries.invalidateQueries({ queryKey: voicemailsQuery.queryKey }),
  });
}
