import { ActionIcon, Button, Drawer, Text } from "@mantine/core";
import { IconArchive, IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rowsQuery, useWrites } from "@/shared/admin/api";
import { ResourceForm } from "@/shared/admin/ResourceForm";
import { type Resource, resourceOf, type Row } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { localized } from "@/shared/format/localized";
import { undoable } from "@/shared/components/notices";
import classes from "./DispositionTree.module.css";

const PATH = "/dispositions-admin";
/** Set by where "add" was pressed: sent, but nothing to fill in. */
const PARENT = { key: "parent_id", label: "admin.dispositions.new", kind: "custom", input: () => null } as const;
const resource = (parent: string | null): Resource => resourceOf<Wanted["disposition"]>({
  section: "dispositions", path: PATH, title: "admin.dispositions", lead: "admin.dispositions.lead", create: "admin.dispositions.new", empty: "admin.dispositions.empty", blank: { label: {}, code: "", parent_id: parent, requires_note: false, queue_ids: [], work: [], suggested_for: [], consequence: null, consequence_days: null },
  nameOf: (row, locale) => localized(row["label"], locale), Sentence: () => null,
  fields: [
    { key: "label", label: "admin.field.name", kind: "localized", required: true }, { key: "code", label: "admin.dispositions.code", hint: "admin.dispositions.codeHint", kind: "text", required: true },
    { key: "requires_note", label: "admin.dispositions.requiresNote", kind: "switch" }, { key: "queue_ids", label: "admin.dispositions.queues", hint: "admin.dispositions.queuesHint", kind: "refs", refs: "/queues" },
    { key: "work", label: "admin.dispositions.work", hint: "admin.dispositions.workHint", kind: "choices", options: (["inbound", "outbound", "callback"] as const).map((one) => ({ value: one, label: `admin.work.${one}` as const })) },
    { key: "suggested_for", label: "admin.dispositions.suggested", hint: "admin.dispositions.suggestedHint", kind: "choices", options: (["busy", "no_answer", "refused", "wrong_number", "failed", "answered"] as const).map((one) => ({ value: one, label: `admin.ending.${one}` as const })) },
    { key: "consequence", label: "admin.dispositions.consequence", hint: "admin.dispositions.consequenceHint", kind: "choice", options: (["do_not_call", "callback"] as const).map((one) => ({ value: one, label: `admin.consequence.${one}` as const })) },
    { key: "consequence_days", label: "admin.dispositions.days", hint: "admin.dispositions.daysHint", kind: "number", min: 1, when: (values) => values["consequence"] === "do_not_call" },
    ...(parent === null ? [] : [PARENT]),
  ],
});

/** Results as a tree: branches group, leaves are what agents choose. */
export function DispositionTree() {
  const { t, i18n } = useTranslation();
  const query = useQuery(rowsQuery(PATH));
  const { archive, restore } = useWrites(PATH);
  const [editing, setEditing] = useState<{ row: Row | null; parent: string | null } | null>(null);
  const rows = query.data ?? [];
  const nameOf = (row: Row): string => localized(row["label"], i18n.language);
  const branch = (parent: string | null) => {
    const own = rows.filter((row) => (row["parent_id"] ?? null) === parent);
    return own.length === 0 ? null : (
      <ul className={classes.branch}>
        {own.map((row) => (
          <li key={row.id}>
            <div className={classes.node}>
              <span className={classes.label}><strong>{nameOf(row)}</strong> <code>{String(row["code"])}</code>{row["requires_note"] ? <span className="td-muted"> · {t("disposition.needsNote")}</span> : null}</span>
              <ActionIcon aria-label={t("admin.dispositions.addUnder", { name: nameOf(row) })} onClick={() => setEditing({ row: null, parent: row.id })}><IconPlus size={16} /></ActionIcon>
              <ActionIcon aria-label={`${t("common.edit")}: ${nameOf(row)}`} onClick={() => setEditing({ row, parent: (row["parent_id"] as string | null) ?? null })}><IconPencil size={16} /></ActionIcon>
              <ActionIcon aria-label={t("admin.archive", { name: nameOf(row) })} onClick={() => archive.mutate(row.id, { onSuccess: () => undoable(t("common.archived", { name: nameOf(row) }), t("common.undo"), () => restore.mutate(row.id)) })}><IconArchive size={16} /></ActionIcon>
            </div>
            {branch(row.id)}
          </li>
        ))}
      </ul>
    );
  };
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("admin.dispositions.lead")}</Text>
      <Button leftSection={<IconPlus size={16} />} mb="sm" onClick={() => setEditing({ row: null, parent: null })}>{t("admin.dispositions.new")}</Button>
      {query.isPending ? <Loading rows={6} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : rows.length === 0 ? <EmptyState icon={null} title={t("admin.dispositions.empty")} /> : <div className={`td-card ${classes.tree}`}>{branch(null)}</div>}
      <ProblemNote error={archive.error} />
      <Drawer opened={editing !== null} onClose={() => setEditing(null)} position="right" title={editing?.row ? nameOf(editing.row) : t("admin.dispositions.new")} closeButtonProps={{ "aria-label": t("common.close") }}>
        {editing && <ResourceForm key={editing.row?.id ?? `new${editing.parent ?? ""}`} resource={resource(editing.parent)} row={editing.row} onDone={() => setEditing(null)} />}
      </Drawer>
    </section>
  );
}
