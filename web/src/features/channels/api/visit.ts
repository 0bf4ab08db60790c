import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Assignment, Visit } from "@/shared/api/types";
import "../realtime/visit";

/** What the customer's page tells of this chat; the realtime stream keeps it true. */
export const visitQuery = (row: Assignment) =>
  queryOptions({
    queryKey: ["visit", row.interaction_id],
    queryFn: () => http.get<Visit>(`/assignments/${row.id}/visit`),
    staleTime: Infinity,
    meta: { live: true },
  });
