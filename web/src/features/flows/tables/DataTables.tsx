import "./words";
import { IconTable } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { LinkedRows } from "@/shared/admin/LinkedRows";
import { Say } from "@/shared/admin/Say";
import { list, resourceOf, type Row } from "@/shared/admin/types";
import type { DataColumn, Wanted } from "@/shared/api/types";
import { numberText } from "@/shared/format/time";
import { PATH } from "./api";
import { ColumnsEditor } from "./ColumnsEditor";
import { DataRows } from "./DataRows";

const resource = resourceOf<Wanted["dataTable"]>({
  section: "tables", path: PATH, title: "admin.tables", lead: "tables.lead", create: "tables.new", empty: "tables.empty", nameOf: (row) => String(row["name"]), liveWarning: "tables.live",
  blank: { name: "", project_id: null, columns: [{ id: "", name: "phone", kind: "phone", key: true }] },
  fields: [
    { key: "name", label: "admin.field.name", hint: "tables.nameHint", kind: "text", required: true },
    { key: "columns", label: "tables.columns", hint: "tables.columnsHint", kind: "custom", input: (props) => <ColumnsEditor {...props} /> },
    { key: "project_id", label: "admin.scope.project", kind: "ref", refs: "/projects" },
  ],
  Sentence: () => null,
});

function Sentence({ row }: { row: Row }) {
  const { i18n } = useTranslation();
  const columns = list<DataColumn>(row["columns"]);
  return <Say text="tables.say" values={{ name: String(row["name"]), rows: numberText(Number(row["rows"] ?? 0), i18n.language), keys: columns.filter((one) => one.key).map((one) => one.name).join(", ") }} />;
}

/** The tables that flows look things up in; one of them with its rows. */
export function DataTables({ itemId }: { itemId?: string }) {
  return itemId ? <DataRows key={itemId} tableId={itemId} /> : <LinkedRows resource={resource} icon={IconTable} edit="tables.edit" emptyText="tables.emptyText" Sentence={Sentence} />;
}
