import { SegmentedControl, TextInput } from "@mantine/core";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Board as BoardData, BoardAgent, BoardTrend } from "@/shared/api/types";
import { EmptyState } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
import { AgentTile } from "./AgentTile";
import classes from "./Board.module.css";
import { QueueTile } from "./QueueTile";
import { Totals } from "./Totals";

const NO_TREND: BoardTrend["points"] = [];
const ORDER: BoardAgent["state"][] = ["offered", "talking", "hold", "wrap_up", "ready", "not_ready", "offline"];

export function Board({ board, wall, onOpenQueue }: { board: BoardData; wall: boolean; onOpenQueue?: (id: string) => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<string>("all");
  const agents = useMemo(() => {
    const wanted = foldText(search);
    return board.agents
      .filter((agent) => (state === "all" || agent.state === state) && (!wanted || foldText(`${agent.user.name} ${agent.team ?? ""}`).includes(wanted)))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.since.localeCompare(b.since));
  }, [board.agents, search, state]);
  const trends = useMemo(() => new Map(board.trends.map((trend) => [trend.id, trend.points])), [board.trends]);
  const states = [{ value: "all", label: `${t("common.all")} ${board.agents.length}` }, ...(["ready", "talking", "wrap_up", "not_ready"] as const).map((one) => ({ value: one, label: `${t(`state.${one}`)} ${board.agents.filter((agent) => agent.state === one).length}` }))];
  return (
    <div className={classes.board} data-wall={wall || undefined} style={{ "--tiles": Math.min(3, board.queues.length) } as React.CSSProperties}>
      <Totals board={board} />
      <section aria-label={t("board.queues")} className={classes.tiles}>
        {board.queues.map((queue) => <QueueTile key={queue.id} queue={queue} trend={trends.get(queue.id) ?? NO_TREND} onOpen={wall ? undefined : onOpenQueue} wall={wall} />)}
      </section>
      <section aria-label={t("board.agents")}>
        {!wall && (
          <div className={classes.tools}>
            <h2>{t("board.agents")}</h2>
            <SegmentedControl size="sm" className={classes.states} aria-label={t("board.byState")} value={state} onChange={setState} data={states} />
            <TextInput aria-label={t("board.find")} placeholder={t("board.find")} type="search" leftSection={<IconSearch size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
          </div>
        )}
        {agents.length === 0 ? <EmptyState icon={<IconUsers size={30} />} title={t("board.nobody")} />
          : <ul className={classes.agents}>{agents.map((agent) => <AgentTile key={agent.user.id} agent={agent} />)}</ul>}
      </section>
    </div>
  );
}
