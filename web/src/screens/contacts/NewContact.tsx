import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCreateContact } from "@/features/crm/api/contacts";
import { Problem } from "@/shared/api/problem";
import { ProblemNote } from "@/shared/components/Feedback";
import { dialable } from "@/shared/format/phone";
import { useSession } from "@/shared/session";

export interface Start { name?: string; phone?: string; email?: string }

/** What was looked for and not found begins a contact: as its number, its address or its name. */
export function startOf(q: string): Start {
  if (/^[\d\s+().\-/]+$/.test(q) && q.replace(/\D/g, "").length >= 6) return { phone: q };
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(q) ? { email: q } : { name: q };
}

export function NewContact({ start, onClose }: { start: Start; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const country = useSession().tenant.country;
  const create = useCreateContact();
  const [name, setName] = useState(start.name ?? "");
  const kind = start.phone !== undefined ? "phone" : start.email !== undefined ? "email" : null;
  const [value, setValue] = useState(start.phone ?? start.email ?? "");
  const wrong = create.error instanceof Problem ? create.error.fields["identities.0.value"] : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = kind === "phone" ? (dialable(value, country) ?? value) : value.trim();
    create.mutate({ name: name.trim(), kind: "customer", identities: kind && clean ? [{ kind, value: clean }] : [] }, { onSuccess: (contact) => {
      onClose();
      void navigate({ to: "/contacts/$contactId", params: { contactId: contact.id } });
    } });
  };
  return (
    <Modal opened onClose={onClose} title={t("contacts.new")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput label={t("contact.name")} value={name} data-autofocus maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
          {kind && <TextInput label={t(`contact.${kind}`)} type={kind === "phone" ? "tel" : "email"} value={value} error={wrong} onChange={(event) => setValue(event.currentTarget.value)} />}
          {!wrong && <ProblemNote error={create.error} />}
        </Stack>
        <Button type="submit" mt="md" disabled={!name.trim() && !value.trim()} loading={create.isPending}>{t("common.save")}</Button>
      </form>
    </Modal>
  );
}
