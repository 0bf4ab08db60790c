import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { ApiToken, Id, MadeToken, Page } from "@/shared/api/types";

export type TokensOf = "own" | "all";
const PATHS = { own: "/auth/tokens", all: "/tokens" } as const;

/** One's own tokens, or those of everybody whom one may edit. */
export const tokensQuery = (of: TokensOf) =>
  queryOptions({
    queryKey: ["tokens", of],
    queryFn: async ({ signal }): Promise<ApiToken[]> => {
      if (of === "own") return http.get<ApiToken[]>(PATHS.own, {}, signal);
      const found: ApiToken[] = [];
      let cursor: string | null = "";
      while (cursor !== null) {
        const page: Page<ApiToken> = await http.get(PATHS.all, { cursor, limit: 200 }, signal);
        found.push(...page.items);
        cursor = page.next_cursor;
      }
      return found;
    },
  });

export function useTokens(of: TokensOf) {
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: ["tokens"] });
  const create = useMutation({ mutationFn: (body: { name: string; expires_at: string | null; role_id: Id | null }) => http.post<MadeToken>(PATHS.own, body), onSuccess: refresh });
  // Also after a refusal: somebody else may have revoked it meanwhile.
  const revoke = useMutation({ mutationFn: (id: Id) => http.delete(`${PATHS[of]}/${id}`), onSettled: refresh });
  return { create, revoke };
}
