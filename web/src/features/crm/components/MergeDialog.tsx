import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact, Id } from "@/shared/api/types";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { contactsQuery, useMerge, useUnmerge } from "../api/contacts";
import { useContactName } from "./useContactName";

export function MergeDialog({ contact, opened, onClose }: { contact: Contact; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const describe = useProblemText();
  const [search, setSearch] = useState("");
  const [q] = useDebouncedValue(search, 250);
  const [other, setOther] = useState<Id | null>(null);
  const found = useInfiniteQuery({ ...contactsQuery(q), enabled: opened }).data?.pages[0]?.items ?? [];
  const merge = useMerge(contact.id);
  const unmerge = useUnmerge(contact.id);
  const chosen = found.find((row) => row.id === other);
  // By then this dialog is gone, and with it what `mutate` would call back.
  const takeBack = (merge: Id) => unmerge.mutateAsync(merge).then(() => notice(t("merge.undone")), (error: unknown) => notice(describe(error), "bad"));
  const go = () => other && merge.mutate(other, {
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
          label={t("merge.other")} placeholder={t("contacts.search")} data-autofocus searchable searchValue={search} onSearchChange={setSearch} value={other} onChange={setOther} filter={({ options }) => options}
          data={found.filter((row) => row.id !== contact.id).slice(0, 20).map((row) => ({ value: row.id, label: [nameOf(row), row.identities[0]?.national].filter(Boolean).join(" · ") }))} nothingFoundMessage={t("search.nothing")}
        />
        {chosen && <Alert color="blue" variant="light" c="var(--td-text)">{t("merge.effect", { name: nameOf(chosen), into: nameOf(contact) })}</Alert>}
        <ProblemNote error={merge.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
          <Button disabled={!other} loading={merge.isPending} onClick={go}>{t("merge.go")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
