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
  const busy = pick.isPending || create.isPending;
  const number = row.number && { kind: "phone" as const, value: row.number.e164 };
  // The new record has the number too: the next time the caller is one of those to pick from.
  const someoneElse = () => create.mutate({ name: "", kind: "unknown", identities: number ? [number] : [] }, { onSuccess: (contact) => pick.mutate({ id: row.id, contact_id: contact.id }) });
  return (
    <section className={classes.pick}>
      <p>{t("contact.pick")}</p>
      <Stack gap={6}>
        {row.candidates.map((candidate) => (
          <Button key={candidate.id} variant="default" justify="flex-start" disabled={busy} leftSection={<IconUser size={17} />} onClick={() => pick.mutate({ id: row.id, contact_id: candidate.id })}>{candidate.name || t("contact.unnamed")}</Button>
        ))}
        <Button variant="subtle" justify="flex-start" loading={busy} leftSection={<IconUserPlus size={17} />} onClick={someoneElse}>{t("contact.pickNew")}</Button>
      </Stack>
      <ProblemNote error={pick.error ?? create.error} />
    </section>
  );
}
