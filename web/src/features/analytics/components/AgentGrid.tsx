import { type KeyboardEvent, type MouseEvent, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardAgent, Id } from "@/shared/api/types";
import "@/shared/i18n/floor";
import { AgentTile, talks } from "./AgentTile";
import classes from "./Board.module.css";
import type { Choosing } from "@/shared/choosing";

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 };

/** How many stand in one row just now. */
function columnsOf(list: HTMLElement): number {
  const top = (list.firstElementChild as HTMLElement | null)?.offsetTop;
  const [...tiles] = list.children as unknown as Iterable<HTMLElement>;
  return Math.max(1, tiles.findIndex((tile) => tile.offsetTop !== top));
}

/**
 * The agents as one list for the keyboard: arrows go, Enter opens, Space chooses, Shift reaches on from the last, Ctrl A takes all,
 * Escape none, L listens. Without `choosing` nobody can be chosen, without `onListen` nobody listened to.
 */
export function AgentGrid({ agents, onOpen, choosing, onListen }: { agents: BoardAgent[]; onOpen: (id: Id) => void; choosing?: Choosing; onListen?: (id: Id) => void }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState<Id | null>(null);
  const current = agents.some(({ user }) => user.id === at) ? at : (agents[0]?.user.id ?? null);
  const focus = (index: number): Id | null => {
    const next = agents[Math.min(Math.max(index, 0), agents.length - 1)]?.user.id ?? null;
    setAt(next);
    list.current?.querySelector<HTMLElement>(`[data-user="${next}"]`)?.focus();
    return next;
  };
  const keys = (event: KeyboardEvent) => {
    const index = agents.findIndex(({ user }) => user.id === current);
    const columns = list.current ? columnsOf(list.current) : 1;
    const step = STEPS[event.key] ?? (event.key === "ArrowDown" ? columns : event.key === "ArrowUp" ? -columns : 0);
    const to = step ? index + step : event.key === "Home" ? 0 : event.key === "End" ? agents.length - 1 : null;
    if (to !== null) {
      const next = focus(to);
      if (event.shiftKey && next && choosing) {
        if (choosing.chosen.size === 0 && current) choosing.toggle(current);
        choosing.reach(next);
      }
    } else if (event.key === "Enter" && current) onOpen(current);
    else if (event.key === " " && current) {
      if (event.shiftKey) choosing?.reach(current);
      else choosing?.toggle(current);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) choosing?.all();
    else if (event.key.toLowerCase() === "l" && onListen && !event.ctrlKey && !event.metaKey && !event.altKey && agents[index] && talks(agents[index])) onListen(agents[index].user.id);
    else if (event.key === "Escape" && choosing && choosing.chosen.size > 0) choosing.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = useCallback((event: MouseEvent, id: Id) => {
    setAt(id);
    const target = event.target as HTMLElement;
    if (target.closest("[data-listen]")) return onListen?.(id);
    const mark = target.closest("[data-mark]");
    if (choosing && event.shiftKey) choosing.reach(id);
    else if (choosing && (mark || event.ctrlKey || event.metaKey)) choosing.toggle(id);
    else onOpen(id);
  }, [choosing, onOpen, onListen]);
  return (
    <ul ref={list} role="listbox" aria-multiselectable={choosing ? true : undefined} aria-label={t("board.agents")} aria-description={[t(choosing ? "floor.grid.choose" : "floor.grid.open"), onListen && t("floor.grid.listen")].filter(Boolean).join(" ")} className={classes.agents} data-choosing={(choosing?.chosen.size ?? 0) > 0 || undefined} onKeyDown={keys} onFocus={({ target }) => setAt(target.dataset.user ?? null)}>
      {agents.map((agent) => <AgentTile key={agent.user.id} agent={agent} tabbable={agent.user.id === current} chosen={choosing ? choosing.chosen.has(agent.user.id) : null} listens={onListen !== undefined} onClick={click} />)}
    </ul>
  );
}
