import type { RealtimeHandler } from "@/shared/realtime/context";

export const interactionRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type !== "interaction.changed") return;
    void queries.invalidateQueries({ queryKey: ["interaction", event.data.id] });
    // The list is not refetched under the reader's eyes; it is marked stale and offers the new rows (see CallLog).
    void queries.invalidateQueries({ queryKey: ["interactions"], refetchType: "none" });
  },
  resync: (topic) => (topic === "interactions" ? [["interactions"], ["interaction"]] : []),
};
