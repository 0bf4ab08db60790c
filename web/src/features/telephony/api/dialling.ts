import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { CallerIds, LastDialled } from "@/shared/api/types";

/** The numbers that I called last, to be called again. */
export const lastDialledQuery = queryOptions({ queryKey: ["last-dialled"], queryFn: () => http.get<LastDialled[]>("/phone/last-dialled"), staleTime: 0 });

/** Which of the centre's numbers I may show to whom I am about to call. */
export const callerIdsQuery = (to: string | null) =>
  queryOptions({ queryKey: ["caller-ids", to], queryFn: () => http.get<CallerIds>("/phone/caller-ids", { to: to ?? "" }), enabled: to !== null, retry: false, placeholderData: (before) => before });
