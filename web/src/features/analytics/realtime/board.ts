import type { Board, BoardAgent, BoardQueue, BoardTrend } from "@/shared/api/types";
import type { RealtimeEvent } from "@/shared/realtime/client";
import type { RealtimeHandler } from "@/shared/realtime/context";
import type { QueryClient } from "@tanstack/react-query";
import { boardQuery } from "../api/board";

/** Pure: the board after some events. Rows that did not change keep their identity, so their tiles do not render. */
export function fold(board: Board, events: RealtimeEvent[]): Board {
  const queues = new Map<string, BoardQueue>();
  const agents = new Map<string, BoardAgent>();
  const trends = new Map<string, BoardTrend>();
  for (const event of events) {
    if (event.type === "board.queue") queues.set(event.data.id, event.data);
    if (event.type === "board.trend") trends.set(event.data.id, event.data);
    if (event.type === "board.agent") agents.set(event.data.user.id, event.data);
  }
  const replace = <Row>(rows: Row[], changed: Map<string, Row>, idOf: (row: Row) => string): Row[] => {
    if (changed.size === 0) return rows;
    const known = new Set(rows.map(idOf));
    return [...rows.map((row) => changed.get(idOf(row)) ?? row), ...[...changed].filter(([id]) => !known.has(id)).map(([, row]) => row)];
  };
  return {
    ...board,
    seq: events.at(-1)?.seq ?? board.seq,
    queues: replace(board.queues, queues, (row) => row.id),
    trends: replace(board.trends, trends, (row) => row.id),
    agents: replace(board.agents, agents, (row) => row.user.id),
  };
}

let pending: RealtimeEvent[] = [];
let frame: number | null = null;

/** A burst of events becomes one change of the cache in the next frame. */
function schedule(queries: QueryClient): void {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    const events = pending;
    pending = [];
    queries.setQueryData(boardQuery.queryKey, (board: Board | undefined) => board && fold(board, events));
  });
}

export const boardRealtime: RealtimeHandler = {
  apply: (queries, event) => {
    if (event.topic !== "board") return;
    pending.push(event);
    schedule(queries);
  },
  resync: (topic) => (topic === "board" ? [boardQuery.queryKey] : []),
};
