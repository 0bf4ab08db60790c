import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { PhoneAccount, RingOn } from "@/shared/api/types";

export const phoneQuery = queryOptions({
  queryKey: ["phone"],
  queryFn: () => http.get<PhoneAccount>("/phone/me"),
  staleTime: Infinity,
});

export function useRingOn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (ring_on: RingOn) => http.put<PhoneAccount>("/phone/me", { ring_on }),
    onSuccess: (account) => queries.setQueryData(phoneQuery.queryKey, account),
  });
}
