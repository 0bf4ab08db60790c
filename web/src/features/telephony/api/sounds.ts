import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, MusicPiece, Page, Prompt, PromptRenamed } from "@/shared/api/types";

export const promptsQuery = queryOptions({ queryKey: ["admin", "/prompts"], queryFn: async () => (await http.get<Page<Prompt>>("/prompts")).items });
export const musicQuery = queryOptions({ queryKey: ["admin", "/music"], queryFn: async () => (await http.get<Page<MusicPiece>>("/music")).items });

export interface NewPrompt { name: string; language: string; text: string; sound: Blob | null }

const formOf = (fields: Record<string, string>, sound: Blob | null): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  if (sound) form.set("audio", sound, "sound");
  return form;
};

export function usePrompts() {
  const queries = useQueryClient();
  const onSuccess = () => void queries.invalidateQueries({ queryKey: promptsQuery.queryKey });
  return {
    add: useMutation({ mutationFn: ({ sound, ...fields }: NewPrompt) => http.post<Prompt>("/prompts", formOf(fields, sound)), onSuccess }),
    rename: useMutation({ mutationFn: ({ row, name }: { row: Prompt; name: string }) => http.patch<PromptRenamed>(`/prompts/${row.id}`, { name, version: row.version }), onSuccess: () => { onSuccess(); void queries.invalidateQueries({ queryKey: ["flows"] }); } }),
    remove: useMutation({ mutationFn: (id: Id) => http.delete(`/prompts/${id}`), onSuccess }),
  };
}

export function useMusic() {
  const queries = useQueryClient();
  const onSuccess = () => {
    void queries.invalidateQueries({ queryKey: musicQuery.queryKey });
    void queries.invalidateQueries({ queryKey: ["refs", "/music"] });
  };
  return {
    add: useMutation({ mutationFn: ({ name, sound }: { name: string; sound: Blob }) => http.post<MusicPiece>("/music", formOf({ name }, sound)), onSuccess }),
    change: useMutation({ mutationFn: ({ row, ...values }: { row: MusicPiece; name?: string; standard?: boolean }) => http.patch<MusicPiece>(`/music/${row.id}`, { ...values, version: row.version }), onSuccess }),
    remove: useMutation({ mutationFn: (id: Id) => http.delete(`/music/${id}`), onSuccess }),
  };
}
