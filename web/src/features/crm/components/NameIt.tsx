import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { useEditContact } from "../api/contacts";

/** A caller whom nobody has named yet: the name is asked for where it is missing, for one Enter. */
export function NameIt({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const edit = useEditContact(contact.id);
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) edit.mutate({ name: name.trim(), kind: contact.kind === "unknown" ? "customer" : contact.kind, version: contact.version });
  };
  return (
    <form onSubmit={submit}>
      <Group gap="xs" wrap="nowrap" mt={8}>
        <TextInput flex={1} aria-label={t("contact.whoIsIt")} placeholder={t("contact.whoIsIt")} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        {name.trim() && <Button type="submit" h={36} loading={edit.isPending}>{t("common.save")}</Button>}
      </Group>
      <ProblemNote error={edit.error} />
    </form>
  );
}
