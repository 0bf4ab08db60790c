import { ActionIcon, Button, Drawer, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArchive, IconPencil, IconPlus, type IconProps, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ComponentType, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { foldText } from "@/shared/format/text";
import "@/shared/i18n/admin";
import classes from "./Admin.module.css";
import { rowsQuery, useWrites } from "./api";
import { ResourceForm } from "./ResourceForm";
import type { Resource, Row, TKey } from "./types";

/** A list of sentences, each of which leads to a page of its own; the pencil opens the row's form beside it. */
export function LinkedRows({ resource, icon: Icon, edit, emptyText, Sentence }: { resource: Resource; icon: ComponentType<IconProps>; edit: TKey; emptyText: TKey; Sentence: ComponentType<{ row: Row }> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const describe = useProblemText();
  const query = useQuery(rowsQuery(resource.path));
  const { archive, restore } = useWrites(resource.path);
  const [search, setSearch] = useState("");
  const [editing, setEditing] = useState<Row | "new" | null>(null);
  const rows = (query.data ?? []).filter((row) => foldText(String(row["name"])).includes(foldText(search)));
  const open = (id: string) => void navigate({ to: "/admin/$section/$itemId", params: { section: resource.section, itemId: id } });
  const remove = (row: Row) =>
    archive.mutate(row.id, {
      onSuccess: () => undoable(t("common.archived", { name: String(row["name"]) }), t("common.undo"), () => restore.mutate(row.id)),
      onError: (error) => notice(describe(error), "bad"),
    });
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t(resource.lead) as string}</Text>
      <div className={classes.tools}>
        <TextInput aria-label={t("common.search")} placeholder={t("common.search")} type="search" leftSection={<IconSearch size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>{t(resource.create) as string}</Button>
      </div>
      {query.isPending ? <Loading rows={4} height={52} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<Icon size={30} />} title={search ? t("search.nothing") : (t(resource.empty) as string)} text={search ? undefined : (t(emptyText) as string)} />
          : (
            <ul className={`td-card ${classes.rows}`}>
              {rows.map((row) => {
                const name = String(row["name"]);
                return (
                  <li key={row.id}>
                    <Link to="/admin/$section/$itemId" params={{ section: resource.section, itemId: row.id }} className={classes.sentence} style={{ textDecoration: "none" }}><Sentence row={row} /></Link>
                    <Tooltip label={t(edit, { name }) as string}><ActionIcon aria-label={t(edit, { name }) as string} onClick={() => setEditing(row)}><IconPencil size={17} /></ActionIcon></Tooltip>
                    <Tooltip label={t(resource.liveWarning ?? "admin.archive", { name }) as string} multiline maw={320}><ActionIcon aria-label={t("admin.archive", { name })} onClick={() => remove(row)}><IconArchive size={17} /></ActionIcon></Tooltip>
                  </li>
                );
              })}
            </ul>
          )}
      <Drawer opened={editing !== null} onClose={() => setEditing(null)} position="right" size="lg" title={editing === "new" ? (t(resource.create) as string) : editing ? String(editing["name"]) : ""} closeButtonProps={{ "aria-label": t("common.close") }}>
        {editing !== null && <ResourceForm key={editing === "new" ? "new" : editing.id} resource={resource} row={editing === "new" ? null : editing} onDone={(saved) => { setEditing(null); notice(t("common.saved")); if (editing === "new") open(saved.id); }} />}
      </Drawer>
    </section>
  );
}
