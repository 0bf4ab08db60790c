import type { RealtimeHandler } from "@/shared/realtime/context";

export const contactRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "contact.changed") void queries.invalidateQueries({ queryKey: ["contact", event.data.id] });
    if (event.type === "interaction.changed") void queries.invalidateQueries({ queryKey: ["contact"], predicate: (query) => query.queryKey[2] === "timeline" });
  },
  resync: (topic) => (topic.startsWith("contact:") ? [["contact", topic.slice("contact:".length)]] : []),
};
