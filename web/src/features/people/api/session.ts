import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Locale, Me, ThemeChoice } from "@/shared/api/types";

/** Null while nobody is signed in. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  staleTime: Infinity,
  queryFn: async (): Promise<Me | null> => {
    try {
      return await http.get<Me>("/auth/me");
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
});

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) => http.post<Me>("/auth/sign-in", credentials),
    onSuccess: (me) => queries.setQueryData(meQuery.queryKey, me),
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => http.post<void>("/auth/sign-out"),
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(meQuery.queryKey, null);
    },
  });
}

export function usePreferences() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (change: { locale?: Locale; time_zone?: string; theme?: ThemeChoice; alert_sound?: boolean }) => http.patch<Me>("/auth/me", change),
    onSuccess: (me) => queries.setQueryData(meQuery.queryKey, me),
  });
}

export const useChangePassword = () =>
  useMutation({ mutationFn: (change: { current: string; new: string }) => http.post<void>("/auth/password", change) });
