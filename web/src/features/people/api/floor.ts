import { useMutation } from "@tanstack/react-query";
import { http } from "@/shared/api/client";
import type { ChosenState, Id, Presence } from "@/shared/api/types";

export interface WantedState { state: ChosenState; reason_id?: Id }

/** Another agent's state, and signing them out everywhere. The board shows what came of it by its own events. */
export const useForcePresence = (userId: Id) =>
  useMutation({ mutationFn: (wanted: WantedState) => http.put<Presence>(`/users/${userId}/presence`, wanted) });
export const useSignOutUser = (userId: Id) => useMutation({ mutationFn: () => http.post<void>(`/users/${userId}/sign-out`) });

/** What became of several agents: their states before, and whom it could not be done to. */
export interface ForcedMany { before: [Id, WantedState][]; failed: [Id, unknown][] }

/** Each agent by itself: what one refuses does not keep the others. */
async function each(users: Id[], work: (user: Id) => Promise<WantedState>): Promise<ForcedMany> {
  const made: ForcedMany = { before: [], failed: [] };
  await Promise.all(users.map((user) => work(user).then((state) => made.before.push([user, state]), (error: unknown) => made.failed.push([user, error]))));
  return made;
}
const stateOf = ({ state, reason }: Presence): WantedState => ({ state, ...(reason && { reason_id: reason.id }) });

export const useForceMany = () =>
  useMutation({
    mutationFn: (wanted: [Id, WantedState][]) => each(wanted.map(([user]) => user), async (user) => {
      const before = stateOf(await http.get<Presence>(`/users/${user}/presence`));
      await http.put<Presence>(`/users/${user}/presence`, new Map(wanted).get(user));
      return before;
    }),
  });
export const useSignOutMany = () =>
  useMutation({ mutationFn: (users: Id[]) => each(users, async (user) => (await http.post<void>(`/users/${user}/sign-out`), { state: "offline" })) });
