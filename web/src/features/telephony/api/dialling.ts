import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { CallerIds, LastDialled } from "@/shared/api/types";

/** The numbers that I called last, to be called again. */
export const lastDialledQuery = queryOptions({ queryKey: ["last-dialled"], queryFn: () => http.get<LastDialled[]>("/phone/last-dialled"), staleTime: 0 });

/** Which of the centre's numbers I may show to whom I am about to call, for a project if I say one; and why. */
export const callerIdsQuery = (to: string | null, project: string | null) =>
  queryOptions({ queryKey: ["caller-ids", to, project], queryFn: () => http.get<CallerIds>("/phone/caller-ids", { to: to ?? "", project_id: project }), enabled: to !== null, retry: false, placeholderData: (before) => before });
