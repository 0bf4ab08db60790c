import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { Id, Page, Voicemail, VoicemailBox, VoicemailBoxWish } from "@/shared/api/types";

export const voicemailsQuery = queryOptions({ queryKey: ["voicemails"], queryFn: () => http.get<Page<Voicemail>>("/voicemails", { limit: 200 }) });

export function useVoicemail() {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: voicemailsQuery.queryKey });
  return {
    mark: useMutation({ mutationFn: ({ row, heard }: { row: Voicemail; heard: boolean }) => http.patch<Voicemail>(`/voicemails/${row.id}`, { heard, version: row.version }), onSettled }),
    remove: useMutation({ mutationFn: (id: Id) => http.delete(`/voicemails/${id}`), onSettled }),
    restore: useMutation({ mutationFn: (id: Id) => http.post<Voicemail>(`/voicemails/${id}/restore`), onSettled }),
  };
}

/** Whose box: mine, a user's, a ring group's. */
export type BoxOwner = { user: Id } | { group: Id } | null;

const pathOf = (owner: BoxOwner) =>
  owner === null ? "/phone/voicemail" : "user" in owner ? `/users/${owner.user}/voicemail` : `/ring-groups/${owner.group}/voicemail`;

export const boxQuery = (owner: BoxOwner) => queryOptions({ queryKey: ["voicemail-box", owner], queryFn: () => http.get<VoicemailBox>(pathOf(owner)) });

export function useBox(owner: BoxOwner) {
  const queries = useQueryClient();
  const onSuccess = (box: VoicemailBox) => queries.setQueryData(boxQuery(owner).queryKey, box);
  return {
    save: useMutation({ mutationFn: (wish: VoicemailBoxWish) => http.put<VoicemailBox>(pathOf(owner), wish), onSuccess }),
    greet: useMutation({
      mutationFn: (sound: Blob) => {
        const form = new FormData();
        form.set("audio", sound, "greeting");
        return http.put<VoicemailBox>("/phone/voicemail/greeting", form);
      },
      onSuccess,
    }),
    usual: useMutation({ mutationFn: () => http.delete<VoicemailBox>("/phone/voicemail/greeting"), onSuccess }),
  };
}
