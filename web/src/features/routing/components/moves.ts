import type { Id, QueueStaff, Staffing } from "@/shared/api/types";

export type Wish = "keep" | "add" | "remove";
export interface QueueMove { queue: QueueStaff; add: Id[]; remove: Id[]; /** Taken out by name, and in it still by their skills. */ stay: Id[] }

/** Pure: what the wishes would change for these agents. Queues where nothing happens are left out. */
export function movesOf(staff: QueueStaff[], agents: Id[], wishes: Record<Id, Wish>): QueueMove[] {
  return staff.flatMap((queue) => {
    const wish = wishes[queue.id] ?? "keep";
    if (wish === "keep") return [];
    const named = new Set(queue.named);
    const skilled = new Set(queue.by_skills);
    const add = wish === "add" ? agents.filter((id) => !named.has(id)) : [];
    const remove = wish === "remove" ? agents.filter((id) => named.has(id)) : [];
    const stay = wish === "remove" ? agents.filter((id) => skilled.has(id)) : [];
    return add.length + remove.length + stay.length > 0 ? [{ queue, add, remove, stay }] : [];
  });
}

export const requestOf = (moves: QueueMove[]): Required<Staffing> => {
  const places = (pick: "add" | "remove") => moves.flatMap((move) => move[pick].map((user_id) => ({ queue_id: move.queue.id, user_id })));
  return { add: places("add"), remove: places("remove") };
};
