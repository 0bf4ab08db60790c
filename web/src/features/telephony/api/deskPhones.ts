import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { DeskPhone, DeskPhoneAccount, DialLimits, Id } from "@/shared/api/types";

/** Whether a phone has signed in is asked every few seconds while someone stands beside it, waiting for that. */
export const deskPhonesQuery = (userId: Id) =>
  queryOptions({ queryKey: ["desk-phones", userId], queryFn: () => http.get<DeskPhone[]>(`/users/${userId}/phones`), refetchInterval: 5_000 });

export function useDeskPhones(userId: Id) {
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries({ queryKey: deskPhonesQuery(userId).queryKey });
  return {
    add: useMutation({ mutationFn: () => http.post<DeskPhoneAccount>(`/users/${userId}/phones`), onSuccess }),
    renew: useMutation({ mutationFn: (id: Id) => http.post<DeskPhoneAccount>(`/users/${userId}/phones/${id}/password`), onSuccess }),
    remove: useMutation({ mutationFn: (id: Id) => http.delete(`/users/${userId}/phones/${id}`), onSuccess }),
  };
}

export const dialLimitsQuery = (userId: Id) =>
  queryOptions({ queryKey: ["dial-limits", userId], queryFn: () => http.get<DialLimits>(`/users/${userId}/dial-limits`) });

export function useDialLimits(userId: Id) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (wish: DialLimits) => http.put<DialLimits>(`/users/${userId}/dial-limits`, wish),
    onSuccess: (limits) => queries.setQueryData(dialLimitsQuery(userId).queryKey, limits),
  });
}
