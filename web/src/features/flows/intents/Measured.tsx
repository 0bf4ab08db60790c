import { Group, Slider, Stack, Table, Text, Title } from "@mantine/core";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { IntentVersionDetail } from "@/shared/api/types";
import { ChartMenu } from "@/shared/components/ChartMenu";
import { percentText } from "@/shared/format/time";
import { Confusion } from "./Confusion";
import classes from "./Intents.module.css";

const WIDTH = 640;
const HEIGHT = 150;
const SERIES = ["right", "wrong", "missed", "refused"] as const;
const COLOUR = { right: "var(--ready-mark)", wrong: "var(--td-danger)", missed: "var(--offered-mark)", refused: "var(--talking-mark)" };
interface Props { detail: IntentVersionDetail; threshold: number; setThreshold: (threshold: number) => void }

/** What was measured of a version: in a sentence, by threshold, by intent, and the examples that it does not understand. */
export function Measured({ detail, threshold, setThreshold }: Props) {
  const { t, i18n } = useTranslation();
  const drawing = useRef<SVGSVGElement>(null);
  const share = (value: number | null) => percentText(value, i18n.language);
  const curve = detail.curve ?? [];
  const first = curve[0];
  const last = curve.at(-1);
  if (!first || !last) return null;
  const near = curve.reduce((best, one) => (Math.abs(one.threshold - threshold) < Math.abs(best.threshold - threshold) ? one : best), first);
  const x = (value: number) => ((value - first.threshold) / (last.threshold - first.threshold)) * WIDTH;
  const y = (value: number) => 3 + (1 - value) * (HEIGHT - 6);
  const line = (of: (typeof SERIES)[number]) => curve.map((one, index) => `${index ? "L" : "M"}${x(one.threshold).toFixed(1)} ${y(one[of]).toFixed(1)}`).join("");
  const said = { right: share(near.right), wrong: share(near.wrong), missed: share(near.missed), refused: share(near.refused) };
  const table = () => ({ columns: [t("intents.threshold"), ...SERIES.map((of) => t(`intents.${of}`))], rows: [...curve].reverse().map((one) => [one.threshold.toFixed(2), ...SERIES.map((of) => share(one[of]))]) });
  const titles = new Map((detail.measures ?? []).map((one) => [one.name, one.title || one.name]));
  const mistaken = detail.mistaken ?? [];
  return (
    <Stack gap="lg">
      <div>
        <Text>{t("intents.shares", { ...said, strangers: detail.strangers ?? 0 })}</Text>
        <Text size="sm" c="dimmed">{t("intents.measured")}</Text>
      </div>
      <section>
        <Group justify="space-between"><Title order={3} fz="md">{t("intents.curve")}</Title><ChartMenu name={t("intents.curve")} table={table} drawing={() => drawing.current} /></Group>
        <svg ref={drawing} className={classes.curve} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={SERIES.map((of) => `${t(`intents.${of}`)} ${said[of]}`).join(", ")}>
          <line x1={x(near.threshold)} x2={x(near.threshold)} y1="0" y2={HEIGHT} className={classes.chosen} vectorEffect="non-scaling-stroke" />
          {SERIES.map((of) => <path key={of} d={line(of)} className={classes[of]} vectorEffect="non-scaling-stroke" />)}
        </svg>
        <div className={classes.axis} aria-hidden><span>{first.threshold.toFixed(2)}</span><span>{last.threshold.toFixed(2)}</span></div>
        <div className={classes.legend}>{SERIES.map((of) => <span key={of} style={{ "--of": COLOUR[of] } as React.CSSProperties}>{t(`intents.${of}`)} <strong className="td-num">{said[of]}</strong></span>)}</div>
        <Text size="sm" fw={500} mt="sm">{t("intents.threshold")}: <span className="td-num">{near.threshold.toFixed(2)}</span></Text>
        <Text size="sm" c="dimmed">{t("intents.thresholdHint")}</Text>
        <Slider maw={WIDTH} mt={6} thumbLabel={t("intents.threshold")} min={first.threshold} max={last.threshold} step={0.02} value={near.threshold} label={null} onChange={(value) => setThreshold(Math.round(value * 100) / 100)} />
      </section>
      <Confusion measures={detail.measures ?? []} />
      {mistaken.length > 0 && (
        <section>
          <Title order={3} fz="md">{t("intents.mistaken")}</Title>
          <Text size="sm" c="dimmed">{t("intents.mistakenHint")}</Text>
          <div className={classes.scroll}>
            <Table tabularNums>
              <Table.Thead><Table.Tr><Table.Th>{t("intents.sentence")}</Table.Th><Table.Th>{t("intents.intent")}</Table.Th><Table.Th>{t("intents.takenFor")}</Table.Th><Table.Th>{t("intents.score")}</Table.Th></Table.Tr></Table.Thead>
              <Table.Tbody>{mistaken.map((one) => <Table.Tr key={`${one.intent} ${one.text}`}><Table.Td className="td-break">{one.text}</Table.Td><Table.Td>{titles.get(one.intent) ?? one.intent}</Table.Td><Table.Td>{one.taken_for ? (titles.get(one.taken_for) ?? one.taken_for) : t("intents.notUnderstood")}</Table.Td><Table.Td>{share(one.score)}</Table.Td></Table.Tr>)}</Table.Tbody>
            </Table>
          </div>
        </section>
      )}
    </Stack>
  );
}
