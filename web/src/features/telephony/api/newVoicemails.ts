import { queryOptions } from "@tanstack/react-query";
import { http } from "@/shared/api/client";

/** How many messages wait for me; the realtime stream fills it. */
export const newVoicemailsQuery = queryOptions({ queryKey: ["new-voicemails"], queryFn: () => http.get<{ new: number }>("/voicemails/new"), staleTime: Infinity, meta: { live: true } });
