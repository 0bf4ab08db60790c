import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconSearch, IconUsers } from "@tabler/icons-react";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Board as BoardData, BoardAgent, BoardTrend, Id } from "@/shared/api/types";
import { EmptyState } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
import "@/shared/i18n/floor";
import { AgentGrid } from "./AgentGrid";
import classes from "./Board.module.css";
import { type Choosing, useChoosing } from "@/shared/choosing";
import { QueueTile } from "./QueueTile";
import { Totals } from "./Totals";

const NO_TREND: BoardTrend["points"] = [];
const ORDER: BoardAgent["state"][] = ["offered", "talking", "hold", "wrap_up", "ready", "not_ready", "offline"];

interface Props { board: BoardData; onOpenQueue: (id: Id) => void; onOpenAgent: (id: Id) => void; /** By one press on an agent who talks. */ onListen?: (id: Id) => void; alerts?: ReactNode; /** What can be done with several agents; none: nobody can be chosen. */ chosenActions?: (choosing: Choosing, shown: number) => ReactNode }

export function Board({ board, onOpenQueue, onOpenAgent, onListen, alerts, chosenActions }: Props) {
  const { t, i18n } = useTranslation();
  const [search, setSearch] = useState("");
  const [state, setState] = useState<string>("all");
  const [team, setTeam] = useState<string | null>(null);
  const teams = useMemo(() => [...new Set(board.agents.flatMap((agent) => agent.team ?? []))].sort((a, b) => a.localeCompare(b, i18n.language)), [board.agents, i18n.language]);
  const agents = useMemo(() => {
    const wanted = foldText(search);
    return board.agents
      .filter((agent) => (state === "all" || agent.state === state) && (team === null || agent.team === team) && (!wanted || foldText(`${agent.user.name} ${agent.team ?? ""}`).includes(wanted)))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.since.localeCompare(b.since));
  }, [board.agents, search, state, team]);
  const choosing = useChoosing(useMemo(() => agents.map(({ user }) => user.id), [agents]));
  const trends = useMemo(() => new Map(board.trends.map((trend) => [trend.id, trend.points])), [board.trends]);
  const states = [{ value: "all", label: `${t("common.all")} ${board.agents.length}` }, ...(["ready", "talking", "wrap_up", "not_ready"] as const).map((one) => ({ value: one, label: `${t(`state.${one}`)} ${board.agents.filter((agent) => agent.state === one).length}` }))];
  return (
    <div className={classes.board}>
      <Totals board={board} />
      {alerts}
      <section aria-label={t("board.queues")} className={classes.tiles}>
        {board.queues.map((queue) => <QueueTile key={queue.id} queue={queue} trend={trends.get(queue.id) ?? NO_TREND} onOpen={onOpenQueue} />)}
      </section>
      <section aria-label={t("board.agents")}>
        <div className={classes.tools}>
          <h2>{t("board.agents")}</h2>
          <SegmentedControl size="sm" className={classes.states} aria-label={t("board.byState")} value={state} onChange={setState} data={states} />
          {teams.length > 1 && <Select aria-label={t("floor.team")} placeholder={t("floor.team")} clearable value={team} onChange={setTeam} data={teams} w={170} />}
          <TextInput aria-label={t("board.find")} placeholder={t("board.find")} type="search" leftSection={<IconSearch size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        </div>
        {agents.length === 0 ? <EmptyState icon={<IconUsers size={30} />} title={t("board.nobody")} />
          : <AgentGrid agents={agents} onOpen={onOpenAgent} choosing={chosenActions && choosing} onListen={onListen} />}
      </section>
      {chosenActions?.(choosing, agents.length)}
    </div>
  );
}
