import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { API } from "@/shared/api/client";
import { type LinkState, RealtimeClient, type RealtimeEvent } from "./client";

/** A feature's part of the realtime stream: puts an event's resource into the query cache. */
export interface RealtimeHandler {
  apply: (queries: QueryClient, event: RealtimeEvent) => void;
  /** Query keys to fetch anew when the topic lost its place. */
  resync: (topic: string) => readonly (readonly unknown[])[];
}

/** Of parts that are not needed at once: what they show, they fetch when they come. */
const late: RealtimeHandler[] = [];
export const alsoHandle = (handler: RealtimeHandler): void => void late.push(handler);

const Context = createContext<RealtimeClient | null>(null);

export function RealtimeProvider({ handlers, children }: { handlers: RealtimeHandler[]; children: ReactNode }) {
  const queries = useQueryClient();
  const [client] = useState(
    () =>
      new RealtimeClient({
        url: () => `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${API}/realtime`,
        onEvent: (event) => [...handlers, ...late].forEach((handler) => handler.apply(queries, event)),
        onResync: (topic) =>
          [...handlers, ...late].flatMap((handler) => handler.resync(topic)).forEach((queryKey) => void queries.invalidateQueries({ queryKey })),
        onSignedOut: () => void queries.invalidateQueries({ queryKey: ["me"] }),
        onPoll: () => void queries.refetchQueries({ type: "active", predicate: (query) => query.meta?.["live"] === true }),
      }),
  );
  useEffect(() => {
    window.addEventListener("online", client.hurry);
    return () => {
      window.removeEventListener("online", client.hurry);
      client.stop();
    };
  }, [client]);
  return <Context value={client}>{children}</Context>;
}

export function useRealtime(): RealtimeClient {
  const client = useContext(Context);
  if (!client) throw new Error("useRealtime outside of RealtimeProvider");
  return client;
}

export function useTopic(topic: string | null): void {
  const client = useRealtime();
  useEffect(() => (topic ? client.join(topic) : undefined), [client, topic]);
}

export function useLinkState(): LinkState {
  const client = useRealtime();
  return useSyncExternalStore(client.watch, () => client.state);
}
