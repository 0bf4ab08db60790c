import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./VirtualRows.module.css";

/**
 * A list of any length: only what is in sight is in the page. The header scrolls sideways with the rows; the next page is
 * asked for before its place comes into sight.
 */
export function VirtualRows<Row>({ rows, rowKey, height, header, label, render, onEnd, busy, reveal }: {
  rows: Row[];
  rowKey: (row: Row) => string;
  height: number;
  header?: ReactNode;
  label: string;
  render: (row: Row) => ReactNode;
  onEnd?: () => void;
  busy?: boolean;
  /** The place of the row that must be in sight: the chosen one. */
  reveal?: number;
}) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  // The virtualizer hands out functions that change under the compiler's eyes: this component is left as it is written.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    getItemKey: (index) => (rows[index] === undefined ? index : rowKey(rows[index])),
  });
  useEffect(() => virtual.measure(), [height, virtual]);
  useEffect(() => {
    if (reveal !== undefined && reveal >= 0) virtual.scrollToIndex(reveal);
  }, [reveal, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= rows.length - 30 && rows.length > 0 && !busy) onEnd?.();
  }, [last, rows.length, busy, onEnd]);
  return (
    <div ref={scroller} className={classes.scroller} role="region" aria-label={label} tabIndex={0}>
      {header && <div className={classes.header} aria-hidden>{header}</div>}
      <div role="list" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <div key={item.key} role="listitem" aria-posinset={item.index + 1} aria-setsize={onEnd ? -1 : rows.length} className={classes.row} style={{ height, transform: `translateY(${item.start}px)` }}>{render(row)}</div>
          );
        })}
      </div>
      {busy && <div className={classes.busy} role="status">{t("common.loading")}</div>}
    </div>
  );
}
