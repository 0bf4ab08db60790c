import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import type { Id } from "@/shared/api/types";
import { useSession } from "@/shared/session";
import { outboxOf } from "../outbox";

/** What I wrote into this conversation and what is not acknowledged yet. */
export function useOutbox(conversationId: Id) {
  const queries = useQueryClient();
  const me = useSession().user.id;
  const outbox = outboxOf(me, queries);
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  const unsent = useMemo(() => all.filter((row) => row.conversation_id === conversationId), [all, conversationId]);
  return { outbox, unsent };
}
