import "../designer/words";
import { Group, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { ChartMenu } from "@/shared/components/ChartMenu";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { numberText, percentText } from "@/shared/format/time";
import { outcomesQuery } from "../api/flows";
import type { Counted } from "./CountsOf";
import classes from "./Flow.module.css";

const WIDTH = 640;
const ENDS = ["contained", "agent", "gave_up", "left", "failed"] as const;
const COLOUR = { contained: "var(--ready-mark)", agent: "var(--talking-mark)", gave_up: "var(--offered-mark)", left: "var(--wrap_up-mark)", failed: "var(--td-danger)" };

/** How many of those whom the flow led needed no agent, and at which steps the others left. */
export function Outcomes({ flowId, of }: { flowId: Id; of: Counted }) {
  const { t, i18n } = useTranslation();
  const drawing = useRef<SVGSVGElement>(null);
  const query = useQuery(outcomesQuery(flowId, of));
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  const found = query.data;
  if (!found) return <Loading rows={2} />;
  const share = (count: number) => percentText(found.contacts ? count / found.contacts : null, i18n.language);
  const table = () => ({ columns: [t("outcomes.title"), t("outcomes.count")], rows: [...ENDS.map((end) => [t(`outcomes.${end}`), found[end]]), ...found.drop_offs.map((one) => [`${t("outcomes.left")}: ${one.label}`, one.count])] });
  const most = Math.max(1, ...found.drop_offs.map((one) => one.count));
  const widths = ENDS.map((end) => (found.contacts ? (found[end] / found.contacts) * WIDTH : 0));
  return (
    <section className="td-card" style={{ padding: "12px 16px", marginTop: 12 }}>
      <Group justify="space-between"><Title order={3} fz="md">{t("outcomes.title")}</Title>{found.contacts > 0 && <ChartMenu name={t("outcomes.title")} table={table} drawing={() => drawing.current} />}</Group>
      {found.contacts === 0 ? <Text c="dimmed">{t("outcomes.none")}</Text> : (
        <>
          <Text mb={6}>{t("outcomes.sentence", { share: share(found.contained), contacts: numberText(found.contacts, i18n.language) })}</Text>
          <svg ref={drawing} className={classes.ends} viewBox={`0 0 ${WIDTH} 18`} preserveAspectRatio="none" role="img" aria-label={ENDS.map((end) => `${t(`outcomes.${end}`)} ${share(found[end])}`).join(", ")}>
            {ENDS.map((end, index) => found[end] > 0 && <rect key={end} x={widths.slice(0, index).reduce((sum, width) => sum + width, 0)} width={widths[index]} y="0" height="18" fill={COLOUR[end]} />)}
          </svg>
          <ul className={classes.legend}>{ENDS.map((end) => <li key={end}><span style={{ background: COLOUR[end] }} aria-hidden />{t(`outcomes.${end}`)} <strong className="td-num">{share(found[end])}</strong> <span className="td-num td-muted">{numberText(found[end], i18n.language)}</span></li>)}</ul>
          <Title order={4} fz="sm" mt="sm">{t("outcomes.where")}</Title>
          {found.drop_offs.length === 0 ? <Text size="sm" c="dimmed">{t("outcomes.whereNone")}</Text> : (
            <ul className={classes.drops}>{found.drop_offs.map((one) => <li key={`${one.node} ${one.label}`}><span className="td-clip">{one.label}</span><span className={classes.drop} style={{ width: `${(100 * one.count) / most}%` }} aria-hidden /><span className="td-num">{numberText(one.count, i18n.language)} · {share(one.count)}</span></li>)}</ul>
          )}
        </>
      )}
    </section>
  );
}
