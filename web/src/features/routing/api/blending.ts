import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { AgentBlend, BlendHeld, Blending } from "@/shared/api/types";

export const blendingQuery = queryOptions({ queryKey: ["blending"], queryFn: () => http.get<Blending>("/blending"), staleTime: 0 });
export const myBlendingQuery = queryOptions({ queryKey: ["blending", "mine"], queryFn: () => http.get<AgentBlend>("/blending/mine"), staleTime: 15_000, refetchOnWindowFocus: true });

/** One request, one transaction. What it was before comes back, and set again undoes it. */
export function useSetBlending() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (rules: BlendHeld[]) => http.put<{ before: BlendHeld[] }>("/blending", { rules }),
    onSettled: () => queries.invalidateQueries({ queryKey: blendingQuery.queryKey }),
  });
}
