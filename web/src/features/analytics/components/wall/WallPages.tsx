import { IconAlertTriangle, IconCircleCheck, IconFlame } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { BoardQueue } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { STATE_ICONS, stateStyle } from "@/shared/components/StateBadge";
import { useNow } from "@/shared/format/clock";
import { percentText } from "@/shared/format/time";
import "@/shared/i18n/floor";
import { heatOf } from "../QueueTile";
import type { WallPage, WallTeam } from "./pages";
import classes from "./Wall.module.css";

const HEAT = { calm: IconCircleCheck, warm: IconAlertTriangle, burning: IconFlame };

function Queue({ queue }: { queue: BoardQueue }) {
  const { t, i18n } = useTranslation();
  const heat = heatOf(queue, useNow());
  const Icon = HEAT[heat];
  return (
    <article className={classes.card} data-heat={heat} aria-label={`${queue.name}: ${t(`board.heat.${heat}`)}`}>
      <header>
        <h2 className="td-clip">{queue.name}</h2>
        <span className={classes.heat}><Icon aria-hidden /> {t(`board.heat.${heat}`)}</span>
      </header>
      <div className={classes.big}><b className="td-num">{queue.waiting}</b><span>{t("board.waiting")}</span></div>
      <dl>
        <div><dt>{t("board.longest")}</dt><dd>{queue.longest_wait_since ? <Elapsed since={queue.longest_wait_since} /> : "–"}</dd></div>
        <div><dt>{t("board.serviceLevel")}</dt><dd>{percentText(queue.service_level, i18n.language)}</dd></div>
        <div><dt>{t("state.ready")}</dt><dd>{queue.agents.ready}</dd></div>
      </dl>
    </article>
  );
}

const STATES = ["ready", "talking", "wrap_up", "not_ready"] as const;

function Team({ team }: { team: WallTeam }) {
  const { t } = useTranslation();
  return (
    <article className={classes.card} aria-label={team.name}>
      <header><h2 className="td-clip">{team.name}</h2></header>
      <ul className={classes.states}>
        {STATES.map((state) => {
          const Icon = STATE_ICONS[state];
          return <li key={state} style={stateStyle(state)}><Icon aria-hidden /><b className="td-num">{team[state]}</b><span>{t(`state.${state}`)}</span></li>;
        })}
      </ul>
    </article>
  );
}

/** One page of the wall; a page that comes fades in, unless motion is not wanted. */
export function WallCards({ page }: { page: WallPage }) {
  const { t } = useTranslation();
  const count = page.kind === "queues" ? page.queues.length : page.teams.length;
  return (
    <section aria-label={t(page.kind === "queues" ? "board.queues" : "wall.teams")} className={classes.cards} data-count={count}>
      {page.kind === "queues" ? page.queues.map((queue) => <Queue key={queue.id} queue={queue} />) : page.teams.map((team) => <Team key={team.name} team={team} />)}
    </section>
  );
}
