import { useMutation } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { ChosenState, Id, Presence } from "@/shared/api/types";

export interface WantedState { state: ChosenState; reason_id?: Id }

/** Another agent's state, and signing them out everywhere. The board shows what came of it by its own events. */
export const useForcePresence = (userId: Id) =>
  useMutation({ mutationFn: (wanted: WantedState) => http.put<Presence>(`/users/${userId}/presence`, wanted) });
export const useSignOutUser = (userId: Id) => useMutation({ mutationFn: () => http.post<void>(`/users/${userId}/sign-out`) });
