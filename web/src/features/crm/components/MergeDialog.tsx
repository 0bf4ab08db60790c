import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact, ContactRow, Id } from "@/shared/api/types";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { contactsQuery, useMerge, useUnmerge } from "../api/contacts";
import { useContactName } from "./useContactName";
import "@/shared/i18n/admin";

export function MergeDialog({ contact, opened, onClose }: { contact: Contact; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const describe = useProblemText();
  const [search, setSearch] = useState("");
  const [q] = useDebouncedValue(search, 250);
  const [chosen, setChosen] = useState<ContactRow | null>(null);
  const found = useInfiniteQuery({ ...contactsQuery(q), enabled: opened }).data?.pages[0]?.items ?? [];
  const labelOf = (row: ContactRow) => [nameOf(row), row.name && row.identities[0] ? nameOf({ ...row, name: "" }) : null].filter(Boolean).join(" · ");
  // What is chosen stands in the field, which asks for its label then: it stays among the choices whatever that finds.
  const rows = [...found.filter((row) => row.id !== contact.id && row.id !== chosen?.id).slice(0, 20), ...(chosen ? [chosen] : [])];
  const merge = useMerge(contact.id);
  const unmerge = useUnmerge(contact.id);
  // By then this dialog is gone, and with it what `mutate` would call back.
  const takeBack = (merge: Id) => unmerge.mutateAsync(merge).then(() => notice(t("merge.undone")), (error: unknown) => notice(describe(error), "bad"));
  const go = () => chosen && merge.mutate(chosen.id, {
    onSuccess: ({ merge_id }) => {
      undoable(t("merge.done"), t("common.undo"), () => void takeBack(merge_id));
      onClose();
    },
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("merge.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("merge.lead", { name: nameOf(contact) })}</Text>
        <Select
          label={t("merge.other")} placeholder={t("contacts.search")} data-autofocus searchable searchValue={search} onSearchChange={setSearch} value={chosen?.id ?? null}
          onChange={(id) => setChosen(rows.find((row) => row.id === id) ?? null)} filter={({ options }) => options} data={rows.map((row) => ({ value: row.id, label: labelOf(row) }))} nothingFoundMessage={t("search.nothing")}
        />
        {chosen && <Alert color="blue" variant="light" c="var(--td-text)">{t("merge.effect", { name: nameOf(chosen), into: nameOf(contact) })}</Alert>}
        <ProblemNote error={merge.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
          <Button disabled={!chosen} loading={merge.isPending} onClick={go}>{t("merge.go")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
