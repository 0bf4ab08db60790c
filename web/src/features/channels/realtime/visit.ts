import type { Visit } from "@/shared/api/types";
import { alsoHandle } from "@/shared/realtime/context";

alsoHandle({
  apply: (queries, event) => {
    if (event.type !== "visit.told") return;
    const visit = event.data;
    queries.setQueryData(["visit", visit.interaction_id], (known: Visit | undefined) => (known && known.version > visit.version ? known : known && visit));
  },
  resync: (topic) => (topic === "me" ? [["visit"]] : []),
});
