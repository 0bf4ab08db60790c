import { serverNow } from "@/shared/format/clock";
import type { RealtimeHandler } from "@/shared/realtime/context";
import { changeMessage, putMessage, threadQuery, typingQuery } from "../api/threads";

const TOPIC = "conversation.";
export const threadTopic = (id: string): string => TOPIC + id;

export const threadRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.type === "message.written") {
      const { queryKey } = threadQuery(event.data.conversation_id);
      if (event.data.author === "customer") void queries.invalidateQueries({ queryKey: ["scheduled", event.data.conversation_id] });
      if (event.data.author === "customer") queries.setQueryData(typingQuery(event.data.conversation_id).queryKey, 0);
      if (!putMessage(queries, event.data)) void queries.invalidateQueries({ queryKey });
    } else if (event.type === "message.changed") {
      changeMessage(queries, event.data);
    } else if (event.type === "messages.seen") {
      const { id, seen_seq, read_seq } = event.data;
      queries.setQueryData(threadQuery(id).queryKey, (thread) => thread && { ...thread, seen_seq, read_seq });
    } else if (event.type === "scheduled.changed") {
      void queries.invalidateQueries({ queryKey: ["scheduled", event.data.id] });
    } else if (event.type === "merged.changed") {
      void queries.invalidateQueries({ queryKey: ["links", event.data.id] });
    } else if (event.type === "customer.typing") {
      queries.setQueryData(typingQuery(event.data.conversation_id).queryKey, serverNow());
    }
  },
  resync: (topic) => (topic.startsWith(TOPIC) ? [["thread", topic.slice(TOPIC.length)], ["scheduled", topic.slice(TOPIC.length)], ["links", topic.slice(TOPIC.length)]] : []),
};
