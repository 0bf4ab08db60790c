import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, IntentProblem, IntentSet, IntentTried, IntentVersion, IntentVersionDetail, Page } from "@/shared/api/types";
import type { bodyOf } from "./draft";

export const PATH = "/intent-sets";
const SOON_MS = 1_000;
type Body = ReturnType<typeof bodyOf>;

export const setQuery = (id: Id) => queryOptions({ queryKey: ["intent-set", id], queryFn: () => http.get<IntentSet>(`${PATH}/${id}`), refetchOnWindowFocus: false });
/** While one is being trained it is looked at again soon. */
export const versionsQuery = (id: Id) =>
  queryOptions({
    queryKey: ["intent-set", id, "versions"],
    queryFn: async () => (await http.get<Page<IntentVersion>>(`${PATH}/${id}/versions`)).items,
    refetchInterval: (query) => (query.state.data?.some((one) => one.state === "training") ? SOON_MS : false),
  });
export const versionQuery = (id: Id, version: IntentVersion) => queryOptions({ queryKey: ["intent-set", id, "version", version.number, version.state, version.threshold], queryFn: () => http.get<IntentVersionDetail>(`${PATH}/${id}/versions/${version.number}`) });
export const checkQuery = (body: Body) => queryOptions({ queryKey: ["intent-check", body], queryFn: () => http.post<IntentProblem[]>(`${PATH}/check`, body), placeholderData: keepPreviousData, gcTime: 0 });

export function useIntentSet(id: Id) {
  const queries = useQueryClient();
  const onSuccess = () => Promise.all([queries.invalidateQueries({ queryKey: ["intent-set", id] }), queries.invalidateQueries({ queryKey: ["admin", PATH] })]);
  return {
    save: useMutation({ mutationFn: (body: Body & { version: number }) => http.patch<IntentSet>(`${PATH}/${id}`, body), onSuccess }),
    train: useMutation({ mutationFn: () => http.post<IntentVersion>(`${PATH}/${id}/train`), onSuccess }),
    publish: useMutation({ mutationFn: (body: { number: number; threshold: number | null }) => http.post<IntentSet>(`${PATH}/${id}/publish`, body), onSuccess }),
    attempt: useMutation({ mutationFn: (body: { text: string; number: number | null }) => http.post<IntentTried>(`${PATH}/${id}/try`, body) }),
  };
}
