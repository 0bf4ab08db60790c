import { Alert, Button, Group, Stack, TextInput } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { ProblemNote } from "@/shared/components/Feedback";

/** A new name for something; `mutation` has its state. */
export function RenameForm({ name: before, label, hint, go, mutation, clean = (name) => name, onRename }: {
  name: string; label: string; hint?: string; go: string; mutation: Pick<UseMutationResult, "error" | "isPending">; clean?: (name: string) => string; onRename: (name: string) => void;
}) {
  const [name, setName] = useState(before);
  const fields = mutation.error instanceof Problem ? mutation.error.fields : {};
  return (
    <form onSubmit={(event) => { event.preventDefault(); onRename(name.trim()); }}>
      <Stack>
        <TextInput data-autofocus label={label} description={hint} value={name} maxLength={120} error={fields["name"]} onChange={(event) => setName(clean(event.currentTarget.value))} />
        {Object.keys(fields).length === 0 && <ProblemNote error={mutation.error} />}
        <Button type="submit" loading={mutation.isPending} disabled={!name.trim() || name.trim() === before}>{go}</Button>
      </Stack>
    </form>
  );
}

/** What deleting does, before it is done for good. */
export function ConfirmDelete({ effect, go, mutation, onGo, onCancel }: { effect: string; go: string; mutation: Pick<UseMutationResult, "error" | "isPending">; onGo: () => void; onCancel: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="yellow" variant="light" c="var(--td-text)" role="alert" style={{ flex: "1 0 100%", order: 9 }}>
      {effect}
      <Group gap="xs" my={6}>
        <Button color="red" variant="light" loading={mutation.isPending} onClick={onGo} autoFocus>{go}</Button>
        <Button variant="default" onClick={onCancel}>{t("common.cancel")}</Button>
      </Group>
      <ProblemNote error={mutation.error} />
    </Alert>
  );
}
