import "./words";
import { ActionIcon, Button, Drawer, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArchive, IconBulb, IconPencil, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/shared/admin/Admin.module.css";
import { rowsQuery, useWrites } from "@/shared/admin/api";
import { ResourceForm } from "@/shared/admin/ResourceForm";
import { Say } from "@/shared/admin/Say";
import { list, resourceOf, type Row } from "@/shared/admin/types";
import type { IntentIn, Wanted } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { foldText } from "@/shared/format/text";
import { PATH } from "./api";
import { IntentSetView } from "./IntentSetView";

const resource = resourceOf<Wanted["intentSet"]>({
  section: "intents", path: PATH, title: "admin.intents", lead: "intents.lead", create: "intents.new", empty: "intents.empty", nameOf: (row) => String(row["name"]), liveWarning: "intents.live",
  blank: { name: "", project_id: null },
  fields: [
    { key: "name", label: "admin.field.name", hint: "intents.nameHint", kind: "text", required: true },
    { key: "project_id", label: "admin.scope.project", kind: "ref", refs: "/projects" },
  ],
  Sentence: () => null,
});

function Sentence({ row }: { row: Row }) {
  const { t } = useTranslation();
  const names = list<IntentIn>(row["intents"]).map((one) => one.title || one.name);
  const published = row["published_number"];
  return <Say text="intents.say" values={{ name: String(row["name"]), intents: names.join(", ") || "–", published: published ? t("intents.version", { number: Number(published) }) : t("intents.unpublished") }} />;
}

function SetList() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const describe = useProblemText();
  const query = useQuery(rowsQuery(PATH));
  const { archive, restore } = useWrites(PATH);
  const [search, setSearch] = useState("");
  const [editing, setEditing] = useState<Row | "new" | null>(null);
  const rows = (query.data ?? []).filter((row) => foldText(String(row["name"])).includes(foldText(search)));
  const open = (id: string) => void navigate({ to: "/admin/$section/$itemId", params: { section: "intents", itemId: id } });
  const remove = (row: Row) =>
    archive.mutate(row.id, {
      onSuccess: () => undoable(t("common.archived", { name: String(row["name"]) }), t("common.undo"), () => restore.mutate(row.id)),
      onError: (error) => notice(describe(error), "bad"),
    });
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("intents.lead")}</Text>
      <div className={classes.tools}>
        <TextInput aria-label={t("common.search")} placeholder={t("common.search")} type="search" leftSection={<IconSearch size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing("new")}>{t("intents.new")}</Button>
      </div>
      {query.isPending ? <Loading rows={4} height={52} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<IconBulb size={30} />} title={search ? t("search.nothing") : t("intents.empty")} text={search ? undefined : t("intents.emptyText")} />
          : (
            <ul className={`td-card ${classes.rows}`}>
              {rows.map((row) => {
                const name = String(row["name"]);
                return (
                  <li key={row.id}>
                    <Link to="/admin/$section/$itemId" params={{ section: "intents", itemId: row.id }} className={classes.sentence} style={{ textDecoration: "none" }}><Sentence row={row} /></Link>
                    <Tooltip label={t("intents.edit", { name })}><ActionIcon aria-label={t("intents.edit", { name })} onClick={() => setEditing(row)}><IconPencil size={17} /></ActionIcon></Tooltip>
                    <Tooltip label={t("intents.live")} multiline maw={320}><ActionIcon aria-label={t("admin.archive", { name })} onClick={() => remove(row)}><IconArchive size={17} /></ActionIcon></Tooltip>
                  </li>
                );
              })}
            </ul>
          )}
      <Drawer opened={editing !== null} onClose={() => setEditing(null)} position="right" size="lg" title={editing === "new" ? t("intents.new") : editing ? String(editing["name"]) : ""} closeButtonProps={{ "aria-label": t("common.close") }}>
        {editing !== null && <ResourceForm key={editing === "new" ? "new" : editing.id} resource={resource} row={editing === "new" ? null : editing} onDone={(saved) => { setEditing(null); notice(t("common.saved")); if (editing === "new") open(saved.id); }} />}
      </Drawer>
    </section>
  );
}

/** What customers want, as flows understand it; one set of it with its examples and what was measured. */
export function Intents({ itemId }: { itemId?: string }) {
  return itemId ? <IntentSetView key={itemId} setId={itemId} /> : <SetList />;
}
