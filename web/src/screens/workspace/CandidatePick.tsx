import { Button, Stack } from "@mantine/core";
import { IconUser, IconUserPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCreateContact } from "@/features/crm/api/contacts";
import { usePickContact } from "@/features/routing/api/assignments";
import type { Assignment } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import classes from "./Workspace.module.css";

/** A shared number: only the caller can say who is calling, so the agent picks. */
export function CandidatePick({ row }: { row: Assignment }) {
  const { t } = useTranslation();
  const pick = usePickContact();
  const create = useCreateContact();
  const someoneElse = () => create.mutate({ name: "", kind: "unknown" }, { onSuccess: (contact) => pick.mutate({ id: row.id, contact_id: contact.id }) });
  return (
    <section className={classes.pick}>
      <p>{t("contact.pick")}</p>
      <Stack gap={6}>
        {row.candidates.map((candidate) => (
          <Button key={candidate.id} variant="default" justify="flex-start" leftSection={<IconUser size={17} />} onClick={() => pick.mutate({ id: row.id, contact_id: candidate.id })}>{candidate.name}</Button>
        ))}
        <Button variant="subtle" justify="flex-start" leftSection={<IconUserPlus size={17} />} onClick={someoneElse}>{t("contact.pickNew")}</Button>
      </Stack>
      <ProblemNote error={pick.error ?? create.error} />
    </section>
  );
}
