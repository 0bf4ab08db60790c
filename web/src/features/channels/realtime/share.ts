import type { QueryClient } from "@tanstack/react-query";
import type { Share } from "@/shared/api/types";
import { alsoHandle } from "@/shared/realtime/context";

export function putShare(queries: QueryClient, share: Share): void {
  queries.setQueryData(["shares", share.interaction_id], (all: Share[] | undefined) => {
    const known = all?.find((one) => one.kind === share.kind);
    const newer = known && (known.asked_at > share.asked_at || (known.id === share.id && known.version > share.version));
    return newer ? all : all && [...all.filter((one) => one !== known), share];
  });
}

alsoHandle({
  apply: (queries, event) => {
    if (event.type === "share.changed") putShare(queries, event.data);
  },
  resync: (topic) => (topic === "me" ? [["shares"]] : []),
});
