import { Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BoardAgent, BoardAgentUpClose, MyDayFigure } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { StateBadge } from "@/shared/components/StateBadge";
import { localized } from "@/shared/format/localized";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import "@/shared/i18n/floor";
import { Figures } from "./Figures";
import classes from "./AgentPanel.module.css";

const TODAY: MyDayFigure[] = ["handled", "aht_s", "occupancy", "talk_s", "ready_s", "not_ready_s", "missed", "internal", "internal_s"];

/** Who the agent has in hand, as one line; null when nobody. */
export function useContactName(): (contact: BoardAgentUpClose["contact"]) => string | null {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  return (contact) => contact && (contact.contact || (contact.number ? phoneText(contact.number, country) : t("common.withheld")));
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section aria-label={title}><Title order={3} mb={6}>{title}</Title>{children}</section>;
}

/**
 * One agent up close. `tile` is the board's, always fresh; `view` what was fetched besides. What can be done about the state, the
 * queues and the contact in hand belongs to other features: the screen puts it in.
 */
export function AgentPanel({ tile, view, state, queues, blend, contact }: { tile: BoardAgent; view: BoardAgentUpClose; state?: ReactNode; queues?: ReactNode; blend?: ReactNode; contact?: ReactNode }) {
  const { t, i18n } = useTranslation();
  const who = useContactName()(view.contact);
  const { presence } = view;
  const after = presence.shown !== presence.state && presence.shown !== "offered";
  const chosen = presence.state === "not_ready" ? localized(presence.reason?.name, i18n.language) || t("state.not_ready") : t(`state.${presence.state}`);
  return (
    <Stack gap="lg">
      <div className={classes.now}>
        <StateBadge state={tile.state} label={tile.state === "not_ready" ? localized(tile.reason, i18n.language) : null} />
        <span>{t("floor.since")} <Elapsed since={tile.since} /></span>
        {tile.team && <span className="td-muted">{tile.team}</span>}
        {!tile.registered && tile.state !== "offline" && <span className={classes.away}>{t("board.noPhone")}</span>}
        {after && <span className="td-muted">{t("floor.afterwards", { state: chosen })}</span>}
      </div>
      <Part title={t("floor.contact")}>
        {view.contact ? (
          <div className={`td-card ${classes.contact}`}>
            <strong className="td-break">{who}</strong>
            <span className="td-muted">{[t(`direction.${view.contact.direction}`), view.contact.queue].filter(Boolean).join(" · ")}</span>
            <span><Elapsed since={view.contact.since} /> <Link to="/calls/$interactionId" params={{ interactionId: view.contact.interaction_id }}>{t("floor.open")}</Link></span>
            {contact}
          </div>
        ) : <span className="td-muted">{t("floor.noContact")}</span>}
      </Part>
      {state && <Part title={t("floor.state")}>{state}</Part>}
      {queues && <Part title={t("board.queues")}>{queues}</Part>}
      {blend && <Part title={t("blend.part")}>{blend}</Part>}
      <Part title={t("floor.today")}><Figures day={view.day} only={TODAY} /></Part>
    </Stack>
  );
}
