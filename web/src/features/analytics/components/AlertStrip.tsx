import { Button, Switch } from "@mantine/core";
import { IconAlertTriangle, IconEye, IconFlame } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { BoardAlert } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { useSession } from "@/shared/session";
import { alertsQuery, useAcknowledge } from "../api/alerts";
import classes from "./AlertStrip.module.css";
import { useAlertText } from "./alertText";

export const SEVERITY_ICONS = { warning: IconAlertTriangle, critical: IconFlame };

function One({ alert, onOpenAgent }: { alert: BoardAlert; onOpenAgent: (id: string) => void }) {
  const { t } = useTranslation();
  const text = useAlertText();
  const describe = useProblemText();
  const acknowledge = useAcknowledge();
  const Icon = SEVERITY_ICONS[alert.severity];
  const user = alert.user;
  const mine = alert.acknowledged_by?.id === useSession().user.id;
  return (
    <li data-severity={alert.severity} data-seen={Boolean(alert.acknowledged_by) || undefined}>
      <span className={classes.what}><Icon size={17} aria-hidden /> <strong>{t(`alert.severity.${alert.severity}`)}</strong></span>
      <span className={classes.text}>{user ? <button type="button" className={classes.link} onClick={() => onOpenAgent(user.id)}>{text(alert)}</button> : text(alert)}</span>
      <Elapsed since={alert.raised_at} className={classes.since} />
      {alert.acknowledged_by && <span className={classes.seen}><IconEye size={15} aria-hidden /> {t("alert.seenBy", { name: alert.acknowledged_by.name })}</span>}
      {(!alert.acknowledged_by || mine) && <Button size="compact-sm" variant="default" loading={acknowledge.isPending} onClick={() => acknowledge.mutate({ id: alert.id, off: mine }, { onError: (error) => notice(describe(error), "bad") })}>{t(mine ? "alert.takeBack" : "alert.acknowledge")}</Button>}
    </li>
  );
}

/** What is over its threshold just now, the worst first; and whether the next one is heard. */
export function AlertStrip({ sound, onSound, onOpenAgent }: { sound: boolean; onSound: (on: boolean) => void; onOpenAgent: (id: string) => void }) {
  const { t } = useTranslation();
  const alerts = useQuery(alertsQuery).data?.alerts ?? [];
  const sorted = [...alerts].sort((a, b) => Number(Boolean(a.acknowledged_by)) - Number(Boolean(b.acknowledged_by)) || a.severity.localeCompare(b.severity) || b.raised_at.localeCompare(a.raised_at));
  return (
    <section aria-label={t("alert.title")} className={classes.strip}>
      <header>
        <h2>{t("alert.title")}</h2>
        {alerts.length === 0 && <span className="td-muted">{t("alert.none")}</span>}
        <span className={classes.tools}>
          <Switch size="sm" label={t("alert.sound")} checked={sound} onChange={(event) => onSound(event.currentTarget.checked)} />
          <Link to="/live/alerts">{t("alert.past")}</Link>
        </span>
      </header>
      {sorted.length > 0 && <ul>{sorted.map((alert) => <One key={alert.id} alert={alert} onOpenAgent={onOpenAgent} />)}</ul>}
    </section>
  );
}
