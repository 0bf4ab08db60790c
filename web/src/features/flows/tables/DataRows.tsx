import "./words";
import { ActionIcon, Anchor, Button, Menu, Text, TextInput, Tooltip, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArchive, IconArrowLeft, IconDownload, IconFileImport, IconKey, IconLock, IconPlus, IconSearch, IconTable } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import type { DataColumn, DataRow, Id } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { VirtualRows } from "@/shared/components/VirtualRows";
import { serverNow } from "@/shared/format/clock";
import { phoneText } from "@/shared/format/phone";
import { dateText, numberText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import { dataRowsQuery, PATH, tableQuery, useDataRows } from "./api";
import { ImportForm } from "./ImportForm";
import { RowForm } from "./RowForm";
import classes from "./Tables.module.css";

/** A cell as its reader writes such things. */
function useCellText(): (column: DataColumn, row: DataRow) => string {
  const { t, i18n } = useTranslation();
  const me = useSession();
  return (column, row) => {
    if (column.kind === "secret") return row.secrets.includes(column.id ?? "") ? "••••" : "";
    const value = row.cells[column.id ?? ""] ?? "";
    if (!value) return "";
    if (column.kind === "yes_no") return t(value === "true" ? "tables.yes" : "tables.no");
    if (column.kind === "phone") return phoneText(value, me.tenant.country);
    if (column.kind === "date") return dateText(`${value}T12:00:00Z`, i18n.language, "UTC");
    return column.kind === "number" && value.length < 15 ? numberText(Number(value), i18n.language, 9) : value;
  };
}

/** A table's rows: searched on the server, and only those in sight drawn. */
export function DataRows({ tableId }: { tableId: Id }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const cellText = useCellText();
  const table = useQuery(tableQuery(tableId));
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const [open, setOpen] = useState<DataRow | "new" | "file" | null>(null);
  const query = useInfiniteQuery(dataRowsQuery(tableId, q));
  const { archive, restore } = useDataRows(tableId);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => { if (hasNextPage && !isFetching) void fetchNextPage(); }, [hasNextPage, isFetching, fetchNextPage]);
  if (table.error ?? query.error) return <ProblemNote error={table.error ?? query.error} retry={() => { void table.refetch(); void query.refetch(); }} />;
  if (!table.data) return <Loading rows={8} />;
  const { name, columns } = table.data;
  const nameOf = (row: DataRow) => columns.filter((one) => one.key).map((one) => cellText(one, row)).join(", ");
  const take = (row: DataRow) =>
    archive.mutate(row.id, {
      onSuccess: () => undoable(t("common.archived", { name: nameOf(row) }), t("common.undo"), () => restore.mutate(row.id, { onError: (error) => notice(describe(error), "bad") })),
      onError: (error) => notice(describe(error), "bad"),
    });
  const header = <div className={classes.head}>{columns.map((one) => <span key={one.id} className={`${classes.cell} ${one.key ? classes.key : ""}`}>{one.key && <IconKey size={12} aria-hidden />} {one.name}</span>)}</div>;
  return (
    <section>
      <Anchor component={Link} to="/admin/tables" c="var(--td-text)"><IconArrowLeft size={14} aria-hidden /> {t("admin.tables")}</Anchor>
      <Text my="xs"><strong>{name}</strong> · {t("tables.count", { count: table.data.rows, rows: numberText(table.data.rows, i18n.language) })}</Text>
      <div className={classes.tools}>
        <TextInput aria-label={t("common.search")} placeholder={t("common.search")} type="search" leftSection={<IconSearch size={16} />} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen("new")}>{t("tables.newRow")}</Button>
        <Button variant="default" leftSection={<IconFileImport size={16} />} onClick={() => setOpen("file")}>{t("tables.import")}</Button>
        <Menu position="bottom-end">
          <Menu.Target><Button variant="default" leftSection={<IconDownload size={16} />}>{t("tables.export")}</Button></Menu.Target>
          <Menu.Dropdown>
            {([[",", "tables.commas"], [";", "tables.semicolons"]] as const).map(([separator, key]) => <Menu.Item key={key} component="a" href={url(`${PATH}/${tableId}/export`, { separator })} download={`${name}.csv`}>{t(key)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      </div>
      {query.isPending ? <Loading rows={8} /> : rows.length === 0 ? <EmptyState icon={<IconTable size={30} />} title={q ? t("search.nothing") : t("tables.noRows")} text={q ? undefined : t("tables.noRowsText")} /> : (
        <div className={`td-card ${classes.grid}`}>
          <VirtualRows
            label={name} rows={rows} rowKey={(row) => row.id} height={40} header={header} onEnd={more} busy={query.isFetchingNextPage}
            render={(row) => (
              <div className={classes.row}>
                <button type="button" className={classes.cells} onClick={() => setOpen(row)}>
                  {columns.map((one) => <span key={one.id} className={`${classes.cell} ${one.kind === "number" ? "td-num" : ""}`}><VisuallyHidden>{one.name}: </VisuallyHidden>{cellText(one, row)}</span>)}
                  {row.locked_until && Date.parse(row.locked_until) > serverNow() && <span><IconLock size={14} aria-hidden /> {t("tables.locked")}</span>}
                </button>
                <Tooltip label={t("admin.archive", { name: nameOf(row) })}><ActionIcon mx={6} aria-label={t("admin.archive", { name: nameOf(row) })} onClick={() => take(row)}><IconArchive size={17} /></ActionIcon></Tooltip>
              </div>
            )}
          />
        </div>
      )}
      {open === "file" && <ImportForm table={table.data} onClose={() => setOpen(null)} />}
      {open && open !== "file" && <RowForm key={open === "new" ? "new" : open.id} table={table.data} row={open === "new" ? null : open} title={open === "new" ? t("tables.newRow") : nameOf(open)} onClose={() => setOpen(null)} />}
    </section>
  );
}
