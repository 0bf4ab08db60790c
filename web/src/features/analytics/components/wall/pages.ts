import type { Board, BoardAgent, BoardQueue, Id } from "@/shared/api/types";

export interface WallSearch { queues?: string; every?: number; teams?: boolean }
export interface WallTeam { name: string; ready: number; talking: number; wrap_up: number; not_ready: number }
export type WallPage = { kind: "queues"; queues: BoardQueue[] } | { kind: "teams"; teams: WallTeam[] };

const PER_PAGE = 4;
const LEAST_S = 5;
export const USUAL_S = 15;

const chunks = <Row,>(rows: Row[], size: number): Row[][] => Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, at * size + size));
const GROUPS: Partial<Record<BoardAgent["state"], Exclude<keyof WallTeam, "name">>> = { ready: "ready", offered: "ready", talking: "talking", hold: "talking", wrap_up: "wrap_up", not_ready: "not_ready" };

/** Pure: what the address asks for. Seconds are at least five; 0 keeps the page. */
export function wallSearch(search: Record<string, unknown>): WallSearch {
  const every = Number(search["every"]);
  const queues = typeof search["queues"] === "string" ? search["queues"].split(",").filter((id) => /^[\da-f-]{36}$/.test(id)).join(",") : "";
  return {
    ...(queues && { queues }), ...(search["teams"] === false && { teams: false }),
    ...(search["every"] !== undefined && Number.isFinite(every) && every >= 0 && { every: every === 0 ? 0 : Math.max(LEAST_S, Math.round(every)) }),
  };
}

/** Pure: each team with how many do what. Agents of no team are none; who is offline is not counted. */
export function teamsOf(agents: BoardAgent[]): WallTeam[] {
  const teams = new Map<string, WallTeam>();
  for (const agent of agents) {
    if (!agent.team) continue;
    const team = teams.get(agent.team) ?? { name: agent.team, ready: 0, talking: 0, wrap_up: 0, not_ready: 0 };
    const group = GROUPS[agent.state];
    if (group) team[group] += 1;
    teams.set(agent.team, team);
  }
  return [...teams.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Pure: few figures a page. Chosen queues in the order of the address, or all; then the teams. */
export function pagesOf(board: Board, { queues, teams = true }: WallSearch): WallPage[] {
  const wanted: Id[] | null = queues ? queues.split(",") : null;
  const shown = wanted ? wanted.flatMap((id) => board.queues.find((queue) => queue.id === id) ?? []) : board.queues;
  return [
    ...chunks(shown, PER_PAGE).map((page): WallPage => ({ kind: "queues", queues: page })),
    ...(teams ? chunks(teamsOf(board.agents), PER_PAGE).map((page): WallPage => ({ kind: "teams", teams: page })) : []),
  ];
}
