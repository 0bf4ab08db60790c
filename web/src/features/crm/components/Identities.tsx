import { ActionIcon, Anchor, Button, Group, Select, TextInput } from "@mantine/core";
import { IconMail, IconPhone, IconPlus, IconX } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Contact } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { dialable } from "@/shared/format/phone";
import { may, useSession } from "@/shared/session";
import { useAddIdentity, useRemoveIdentity } from "../api/contacts";
import classes from "./Customer.module.css";

export function Identities({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession();
  const country = me.tenant.country;
  const editable = may(me, "contacts.edit");
  const add = useAddIdentity(contact.id);
  const remove = useRemoveIdentity(contact.id);
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<"phone" | "email">("phone");
  const [value, setValue] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = kind === "phone" ? (dialable(value, country) ?? value) : value.trim();
    add.mutate({ kind, value: clean }, { onSuccess: () => {
      setOpen(false);
      setValue("");
    } });
  };
  const failed = (error: unknown) => notice(describe(error), "bad");
  const take = ({ id, kind: removed, value: taken, national }: Contact["identities"][number]) =>
    remove.mutate(id, {
      onSuccess: () => undoable(t("contact.identityRemoved", { value: national ?? taken }), t("common.undo"), () => void add.mutateAsync({ kind: removed, value: taken }).catch(failed)),
      onError: failed,
    });
  return (
    <section className={classes.section}>
      <h3>
        {t("contact.identities")}
        {editable && <ActionIcon aria-label={t("contact.addIdentity")} aria-expanded={open} onClick={() => setOpen(!open)}><IconPlus size={17} /></ActionIcon>}
      </h3>
      <ul className={classes.identities}>
        {contact.identities.map((identity) => (
          <li key={identity.id}>
            {identity.kind === "phone" ? <IconPhone size={16} aria-hidden /> : <IconMail size={16} aria-hidden />}
            <span style={{ flex: 1, minWidth: 0 }} className="td-clip">
              {identity.kind === "phone" ? <PhoneNumber value={identity.value} /> : <Anchor href={`mailto:${encodeURIComponent(identity.value)}`}>{identity.value}</Anchor>}
            </span>
            {editable && (
              <ActionIcon size={28} aria-label={t("contact.removeIdentity", { value: identity.national ?? identity.value })} onClick={() => take(identity)}>
                <IconX size={15} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {open && (
        <form onSubmit={submit}>
          <Group gap="xs" align="flex-start" wrap="nowrap" mt={6}>
            <Select w={112} aria-label={t("contact.identityKind")} value={kind} allowDeselect={false} data={[{ value: "phone", label: t("contact.phone") }, { value: "email", label: t("contact.email") }]} onChange={(next) => setKind(next as "phone" | "email")} />
            <TextInput
              flex={1} autoFocus aria-label={t(kind === "phone" ? "contact.phone" : "contact.email")} type={kind === "phone" ? "tel" : "email"} value={value} onChange={(event) => setValue(event.currentTarget.value)}
              error={add.error ? (add.error instanceof Problem && add.error.fields["value"]) || describe(add.error) : undefined}
            />
            <Button type="submit" h={36} loading={add.isPending} disabled={!value.trim()}>{t("common.add")}</Button>
          </Group>
        </form>
      )}
    </section>
  );
}
