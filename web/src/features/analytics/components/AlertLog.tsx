import { ActionIcon, Button, Select, Table, TextInput, Tooltip } from "@mantine/core";
import { IconBellCheck, IconFilterOff } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import type { AlertMeasure, BoardAlert } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";
import { durationText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { alertLogQuery, type AlertsAsked } from "../api/alerts";
import classes from "./AlertLog.module.css";
import { SEVERITY_ICONS } from "./AlertStrip";
import { MEASURES, measureText, useAlertText } from "./alertText";

const ALL: AlertsAsked = { measure: null, queue_id: null, user_id: null, from: "", to: "" };

function Line({ alert }: { alert: BoardAlert }) {
  const { t, i18n } = useTranslation();
  const text = useAlertText();
  const Icon = SEVERITY_ICONS[alert.severity];
  const lasted = alert.cleared_at ? (Date.parse(alert.cleared_at) - Date.parse(alert.raised_at)) / 1000 : null;
  return (
    <Table.Tr>
      <Table.Td className={classes.when}><ExactTime at={alert.raised_at} /></Table.Td>
      <Table.Td><span className={classes.severity} data-severity={alert.severity}><Icon size={15} aria-hidden /> {t(`alert.severity.${alert.severity}`)}</span></Table.Td>
      <Table.Td className={classes.text}>{text(alert)}</Table.Td>
      <Table.Td className="td-num">{lasted === null ? t("alert.still") : durationText(lasted, i18n.language)}</Table.Td>
      <Table.Td className="td-num">{alert.worst === null ? "–" : measureText(alert.measure, alert.worst, i18n.language)}</Table.Td>
      <Table.Td>{alert.acknowledged_by?.name ?? "–"}</Table.Td>
    </Table.Tr>
  );
}

/** The alerts of the past: when, how long, how bad, and who looked after them. */
export function AlertLog() {
  const { t } = useTranslation();
  const zone = useSession().user.time_zone;
  const [asked, setAsked] = useState(ALL);
  const query = useInfiniteQuery(alertLogQuery(asked, zone));
  const queues = useQuery(refsQuery("/queues")).data ?? [];
  const users = useQuery(refsQuery("/users")).data ?? [];
  const alerts = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = Object.values(asked).some(Boolean);
  const set = (part: Partial<AlertsAsked>) => setAsked((before) => ({ ...before, ...part }));
  const options = (rows: { id: string; name: string }[]) => rows.map((row) => ({ value: row.id, label: row.name }));
  return (
    <section>
      <search className={classes.filters}>
        <Select label={t("alert.measure")} placeholder={t("common.all")} clearable value={asked.measure} data={MEASURES.map((value) => ({ value, label: t(`alert.measure.${value}`) }))} onChange={(measure) => set({ measure: measure as AlertMeasure | null })} />
        <Select label={t("alert.queue")} placeholder={t("common.all")} clearable searchable limit={50} value={asked.queue_id} data={options(queues)} onChange={(queue_id) => set({ queue_id })} />
        <Select label={t("alert.agent")} placeholder={t("common.all")} clearable searchable limit={50} value={asked.user_id} data={options(users)} onChange={(user_id) => set({ user_id })} />
        <TextInput type="date" label={t("common.from")} max={asked.to || undefined} value={asked.from} onChange={(event) => set({ from: event.currentTarget.value })} />
        <TextInput type="date" label={t("common.to")} min={asked.from || undefined} value={asked.to} onChange={(event) => set({ to: event.currentTarget.value })} />
        {narrowed && <Tooltip label={t("common.clear")}><ActionIcon size={36} aria-label={t("common.clear")} onClick={() => setAsked(ALL)}><IconFilterOff size={18} /></ActionIcon></Tooltip>}
      </search>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : alerts.length === 0 ? <EmptyState icon={<IconBellCheck size={30} />} title={t(narrowed ? "alert.log.nothing" : "alert.log.empty")} text={narrowed ? undefined : t("alert.log.emptyText")} />
          : (
            <Table.ScrollContainer minWidth={760} className="td-card" scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table aria-busy={query.isPlaceholderData}>
                <Table.Thead><Table.Tr><Table.Th>{t("alert.log.raised")}</Table.Th><Table.Th>{t("alert.log.severity")}</Table.Th><Table.Th>{t("alert.log.what")}</Table.Th><Table.Th>{t("alert.log.lasted")}</Table.Th><Table.Th>{t("alert.log.worst")}</Table.Th><Table.Th>{t("alert.log.seen")}</Table.Th></Table.Tr></Table.Thead>
                <Table.Tbody>{alerts.map((alert) => <Line key={alert.id} alert={alert} />)}</Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )}
      {query.hasNextPage && <Button variant="subtle" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("common.more")}</Button>}
    </section>
  );
}
