import { Button, Group, Text, Title, Tooltip } from "@mantine/core";
import { IconFileTypeCsv } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { IntentMeasures } from "@/shared/api/types";
import { percentText } from "@/shared/format/time";
import classes from "./Intents.module.css";

/** A line for each intent: how many of its examples were taken for which. On the diagonal they are understood; the darker a cell beside it, the more is mixed up. */
export function Confusion({ measures }: { measures: readonly IntentMeasures[] }) {
  const { t, i18n } = useTranslation();
  const names = [...measures.map((one) => one.title || one.name), t("intents.notUnderstood")];
  const columns = [t("intents.intent"), ...names, t("intents.precision"), t("intents.recall"), t("intents.examples")];
  const share = (value: number | null) => percentText(value, i18n.language);
  const rows = measures.map((one) => [one.title || one.name, ...one.taken, share(one.precision), share(one.recall), one.examples]);
  const save = async () => (await import("@/shared/format/files")).saveCsv(t("intents.confusion"), { columns, rows });
  const shade = (row: number, column: number, count: number, of: number): string | undefined => {
    if (count === 0 || of === 0) return undefined;
    const mark = column === row ? "--ready-mark" : column === measures.length ? "--offered-mark" : "--td-danger";
    return `color-mix(in srgb, var(${mark}) ${Math.round(10 + 45 * (count / of))}%, transparent)`;
  };
  return (
    <section>
      <Group justify="space-between"><Title order={3} fz="md">{t("intents.confusion")}</Title><Button size="compact-sm" variant="subtle" leftSection={<IconFileTypeCsv size={15} />} onClick={() => void save()}>{t("chart.csv")}</Button></Group>
      <Text size="sm" c="dimmed" mb={6}>{t("intents.confusionHint")}</Text>
      <div className={classes.scroll}>
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{t("intents.intent")}</th>
              {names.map((name) => <th key={name} scope="col" title={name}>{name}</th>)}
              <th scope="col"><Tooltip label={t("intents.precisionHint")}><span>{t("intents.precision")}</span></Tooltip></th>
              <th scope="col"><Tooltip label={t("intents.recallHint")}><span>{t("intents.recall")}</span></Tooltip></th>
              <th scope="col">{t("intents.examples")}</th>
            </tr>
          </thead>
          <tbody>
            {measures.map((one, row) => (
              <tr key={one.name}>
                <th scope="row" title={one.title || one.name}>{one.title || one.name}</th>
                {one.taken.map((count, column) => <td key={column} style={{ background: shade(row, column, count, one.examples) }}>{count || ""}</td>)}
                <td>{share(one.precision)}</td><td>{share(one.recall)}</td><td>{one.examples}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
