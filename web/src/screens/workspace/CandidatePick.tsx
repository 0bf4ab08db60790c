import { Button, Group, Stack } from "@mantine/core";
import { IconCheck, IconUser, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreateContact } from "@/features/crm/api/contacts";
import { usePickContact } from "@/features/routing/api/assignments";
import type { Assignment, Id } from "@/shared/api/types";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import classes from "./Workspace.module.css";

/** A shared number: only the caller can say who is calling, so the agent picks, and picks anew where that was wrong. */
export function CandidatePick({ row }: { row: Assignment }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const pick = usePickContact();
  const create = useCreateContact();
  const [anew, setAnew] = useState(false);
  const busy = pick.isPending || create.isPending;
  const number = row.number && { kind: "phone" as const, value: row.number.e164 };
  const before = row.contact?.id ?? null;
  const choose = (contact: { id: Id; name: string }) =>
    pick.mutateAsync({ id: row.id, contact_id: contact.id }).then(() => {
      setAnew(false);
      const takeBack = () => void pick.mutateAsync({ id: row.id, contact_id: before }).catch((error: unknown) => notice(describe(error), "bad"));
      undoable(t("contact.picked", { name: contact.name || t("contact.unnamed") }), t("common.undo"), takeBack);
    }, () => undefined); // The problem stands below the choices.
  // The new record has the number too: the next time the caller is one of those to pick from.
  const someoneElse = () => create.mutate({ name: "", kind: "unknown", identities: number ? [number] : [] }, { onSuccess: (contact) => void choose(contact) });
  if (row.contact && !anew) {
    return (
      <Group className={classes.picked} gap="xs" justify="space-between">
        <span><IconUsers size={16} aria-hidden /> {t("contact.shared")}</span>
        <Button variant="default" size="xs" onClick={() => setAnew(true)}>{t("contact.pickAnew")}</Button>
      </Group>
    );
  }
  return (
    <section className={classes.pick}>
      <p>{t("contact.pick")}</p>
      <Stack gap={6}>
        {row.candidates.map((candidate) => {
          const current = candidate.id === before;
          return (
            <Button
              key={candidate.id} variant="default" justify="flex-start" disabled={busy} aria-pressed={row.contact ? current : undefined}
              leftSection={current ? <IconCheck size={17} /> : <IconUser size={17} />} onClick={() => (current ? setAnew(false) : void choose(candidate))}
            >
              {candidate.name || t("contact.unnamed")}
            </Button>
          );
        })}
        <Button variant="subtle" justify="flex-start" loading={busy} leftSection={<IconUserPlus size={17} />} onClick={someoneElse}>{t("contact.pickNew")}</Button>
        {row.contact && <Button variant="subtle" color="gray" justify="flex-start" onClick={() => setAnew(false)}>{t("common.cancel")}</Button>}
      </Stack>
      <ProblemNote error={pick.error ?? create.error} />
    </section>
  );
}
