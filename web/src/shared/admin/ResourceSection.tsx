import "@/shared/i18n/admin";
import { ActionIcon, Button, Drawer, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArchive, IconInbox, IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { foldText } from "@/shared/format/text";
import classes from "./Admin.module.css";
import { rowsQuery, useNames, useWrites } from "./api";
import { ResourceForm } from "./ResourceForm";
import { Secret } from "./Secret";
import type { Resource, Row } from "./types";
import "@/shared/i18n/admin";

/** A list of sentences; a click opens the row's form beside it. `below` stands under the form of a row that exists. `itemId`: the row that a link leads to. */
export function ResourceSection({ resource, itemId, below }: { resource: Resource; itemId?: string | undefined; below?: (row: Row) => ReactNode }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const query = useQuery(rowsQuery(resource.path));
  const names = useNames(resource.fields);
  const { archive, restore } = useWrites(resource.path);
  const [search, setSearch] = useState("");
  const [clicked, setClicked] = useState<Row | "new" | null | undefined>(undefined);
  const editing = clicked === undefined ? (query.data?.find((row) => row.id === itemId) ?? null) : clicked;
  const [made, setMade] = useState<Row | null>(null);
  const wanted = foldText(search);
  const nameOf = (row: Row): string => resource.nameOf(row, i18n.language);
  const rows = (query.data ?? []).filter((row) => !wanted || foldText(JSON.stringify(row)).includes(wanted));
  const remove = (row: Row) =>
    archive.mutate(row.id, {
      onSuccess: () => undoable(t("common.archived", { name: nameOf(row) }), t("common.undo"), () => restore.mutate(row.id)),
      onError: (error) => notice(describe(error), "bad"),
    });
  const title = editing === "new" ? (t(resource.create) as string) : editing ? nameOf(editing) : "";
  const { Sentence } = resource;
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t(resource.lead) as string}</Text>
      <div className={classes.tools}>
        <TextInput aria-label={t("common.search")} placeholder={t("common.search")} type="search" leftSection={<IconSearch size={16} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        <Button leftSection={<IconPlus size={16} />} onClick={() => setClicked("new")}>{t(resource.create) as string}</Button>
      </div>
      {query.isPending ? <Loading rows={6} height={52} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : rows.length === 0 ? <EmptyState icon={<IconInbox size={30} />} title={wanted ? t("search.nothing") : (t(resource.empty) as string)} />
          : (
            <ul className={`td-card ${classes.rows}`}>
              {rows.map((row) => (
                <li key={row.id}>
                  <button type="button" className={classes.sentence} onClick={() => setClicked(row)}><Sentence row={row} names={names} /></button>
                  {!resource.kept?.(row) && <Tooltip label={resource.liveWarning ? (t(resource.liveWarning) as string) : t("admin.archive", { name: nameOf(row) })} multiline maw={320}>
                    <ActionIcon aria-label={t("admin.archive", { name: nameOf(row) })} onClick={() => remove(row)}><IconArchive size={17} /></ActionIcon>
                  </Tooltip>}
                </li>
              ))}
            </ul>
          )}
      <Drawer opened={editing !== null} onClose={() => setClicked(null)} position="right" size="lg" title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
        {editing !== null && (
          <>
          <ResourceForm
            key={editing === "new" ? "new" : editing.id} resource={resource} row={editing === "new" ? null : editing}
            onDone={(saved) => {
              setClicked(null);
              if (editing === "new") setMade(saved);
              notice(t("common.saved"));
            }}
          />
          {editing !== "new" && below?.(editing)}
          </>
        )}
      </Drawer>
      <Secret row={made} onClose={() => setMade(null)} />
    </section>
  );
}
