import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconArchive, IconArchiveOff } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import classes from "@/shared/admin/Admin.module.css";
import { http } from "@/shared/api/client";
import type { FlowRow, Id } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { archivedFlowsQuery } from "../api/flows";
import "../designer/words";

function useArchive() {
  const queries = useQueryClient();
  const onSuccess = () => Promise.all([queries.invalidateQueries({ queryKey: ["flows"] }), queries.invalidateQueries({ queryKey: ["refs", "/flows"] })]);
  return {
    archive: useMutation({ mutationFn: (id: Id) => http.delete(`/flows/${id}`), onSuccess }),
    restore: useMutation({ mutationFn: (id: Id) => http.post(`/flows/${id}/restore`), onSuccess }),
  };
}

/** Puts a flow aside; refused with the reason while callers are led to it. */
export function ArchiveFlow({ flow }: { flow: FlowRow }) {
  const { t } = useTranslation();
  const { archive, restore } = useArchive();
  const text = useProblemText();
  const name = flow.title || flow.name;
  const words = t("flow.archive", { name });
  const go = () => archive.mutate(flow.id, {
    onSuccess: () => undoable(t("flow.archived", { name }), t("common.undo"), () => restore.mutate(flow.id)),
    onError: (error) => notice(text(error), "bad"),
  });
  return <Tooltip label={words}><ActionIcon mx={8} aria-label={words} loading={archive.isPending} onClick={go}><IconArchive size={17} /></ActionIcon></Tooltip>;
}

/** What was put aside, to be brought back. */
export function ArchivedFlows() {
  const { t } = useTranslation();
  const query = useQuery(archivedFlowsQuery);
  const { restore } = useArchive();
  if (query.isPending) return <Loading />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  if (query.data.length === 0) return <EmptyState icon={<IconArchive size={30} />} title={t("flow.noArchived")} text={t("flow.noArchivedText")} />;
  return (
    <>
      <ProblemNote error={restore.error} />
      <ul className={`td-card ${classes.rows}`}>
        {query.data.map((flow) => {
          const name = flow.title || flow.name;
          return (
            <li key={flow.id}>
              <span className={classes.sentence}>{name}</span>
              <Button variant="default" size="xs" leftSection={<IconArchiveOff size={15} />} loading={restore.isPending && restore.variables === flow.id} aria-label={t("flow.restore", { name })} onClick={() => restore.mutate(flow.id, { onSuccess: () => notice(t("flow.restored", { name })) })}>{t("flow.restore", { name })}</Button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
