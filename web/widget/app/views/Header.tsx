import type { Words } from "../words/en.ts";
import type { ChatState } from "../types.ts";
import { fill } from "../words/index.ts";
import { useChat, useKnown } from "./context.ts";
import { BubbleIcon, DownIcon } from "./icons.tsx";

export const initials = (name: string): string => {
  const parts = name.trim().split(/\s+/);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...(part ?? "")][0] ?? "").join("").toUpperCase();
};

function standing({ phase, agent }: ChatState, words: Words): string {
  if (phase === "bot") return words.bot;
  if (phase === "waiting") return words.waiting;
  if (phase === "agent") return fill(words.agent, { name: agent || words.somebody });
  return phase === "ended" ? words.ended : words.online;
}

export function Header({ title }: { title: string }) {
  const { host, words } = useChat();
  const { state, gone } = useKnown();
  const agent = state.phase === "agent" ? state.agent : null;
  return (
    <header class="header">
      <span class="avatar" aria-hidden="true">{agent ? initials(agent) : <BubbleIcon />}</span>
      <div class="headings">
        <h1 id="title">{title}</h1>
        {!gone && <p class="standing" role="status">{standing(state, words)}</p>}
      </div>
      {host.embedded && (
        <button type="button" class="icon" aria-label={words.close} title={words.close} onClick={() => host.say({ type: "close" })}>
          <DownIcon />
        </button>
      )}
    </header>
  );
}
