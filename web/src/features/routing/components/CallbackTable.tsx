import { Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { durationText } from "@/shared/format/time";
import { type CallbacksAsked, figuresQuery } from "../api/callbacks";
import classes from "./Callbacks.module.css";

const COUNTS = ["asked", "taken", "reached", "failed", "called_again", "cancelled", "open"] as const;

/** What became of the callbacks that fit, by queue: they are no abandons, and are counted here. */
export function CallbackTable({ asked }: { asked: CallbacksAsked }) {
  const { t, i18n } = useTranslation();
  const query = useQuery(figuresQuery(asked));
  if (query.isPending) return <Loading rows={3} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return (
    <section className={classes.figures} aria-label={t("callback.figures")}>
      <p className="td-muted">{t("callback.figures.caption")}</p>
      <Table.ScrollContainer minWidth={760} className="td-card" scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": t("callback.figures") } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("calls.column.queue")}</Table.Th>
              {COUNTS.map((one) => <Table.Th key={one} ta="right">{t(`callback.figure.${one}`)}</Table.Th>)}
              <Table.Th ta="right">{t("callback.figure.time")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {query.data.length === 0 && <Table.Tr><Table.Td colSpan={COUNTS.length + 2} className="td-muted">{t("callback.nothing")}</Table.Td></Table.Tr>}
            {query.data.map((row) => (
              <Table.Tr key={row.queue?.id ?? ""}>
                <Table.Th scope="row">{row.queue?.name ?? t("callback.personal")}</Table.Th>
                {COUNTS.map((one) => <Table.Td key={one} ta="right" className="td-num">{row[one]}</Table.Td>)}
                <Table.Td ta="right" className="td-num">{row.to_callback_s === null ? "–" : durationText(row.to_callback_s, i18n.language)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}
