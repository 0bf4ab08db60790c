import { ActionIcon, Badge, Button, Group, Menu, Modal, Textarea } from "@mantine/core";
import { IconArrowsJoin2, IconArrowsSplit2, IconDots, IconExternalLink, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact, Id } from "@/shared/api/types";
import { Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { RelativeTime } from "@/shared/components/Time";
import { LOCALE_NAMES } from "@/shared/i18n";
import { may, useSession } from "@/shared/session";
import { useTopic } from "@/shared/realtime/context";
import { contactQuery, fieldsQuery, useAddNote, useUnmerge } from "../api/contacts";
import { consentText } from "./consent";
import classes from "./Customer.module.css";
import { Identities } from "./Identities";
import { NameIt } from "./NameIt";
import { Timeline } from "./Timeline";
import { useContactName } from "./useContactName";

// Editing and merging are rarer than calls: their forms come when they are wanted.
const ContactForm = lazy(async () => ({ default: (await import("./ContactForm")).ContactForm }));
const MergeDialog = lazy(async () => ({ default: (await import("./MergeDialog")).MergeDialog }));

function NoteBox({ contactId }: { contactId: Id }) {
  const { t } = useTranslation();
  const add = useAddNote(contactId);
  const [text, setText] = useState("");
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      add.mutate(text.trim(), { onSuccess: () => setText("") });
    }}>
      <Textarea aria-label={t("contact.addNote")} placeholder={t("contact.addNote")} autosize minRows={1} maxRows={6} maxLength={10_000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      {text.trim() && <Group justify="flex-end" mt={6}><Button type="submit" loading={add.isPending}>{t("contact.saveNote")}</Button></Group>}
      <ProblemNote error={add.error} />
    </form>
  );
}

function Details({ contact, linked }: { contact: Contact; linked: boolean }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const fields = useQuery(fieldsQuery).data ?? [];
  const unmerge = useUnmerge(contact.id);
  const describe = useProblemText();
  const me = useSession();
  const editable = may(me, "contacts.edit");
  const [editing, setEditing] = useState(false);
  const [merging, setMerging] = useState(false);
  const facts = [
    [t("contact.company"), contact.company?.name], [t("contact.agent"), contact.agent?.name], [t("contact.language"), contact.language ? (LOCALE_NAMES as Record<string, string>)[contact.language] ?? contact.language : null],
    ...fields.map((field) => [field.label, contact.fields[field.key]] as const),
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return (
    <div className={linked ? classes.panel : classes.page}>
     <div className={classes.panel}>
      <div className={classes.head}>
        <div style={{ minWidth: 0 }}>
          {linked && <div className={classes.name}>{nameOf(contact)}</div>}
          <Group gap={6} mt={linked ? 4 : 0}>
            <Badge variant="light" color={contact.kind === "customer" ? "tide" : "gray"} tt="none">{t(`contact.kind.${contact.kind}`)}</Badge>
            {contact.tags.map((tag) => <Badge key={tag} variant="outline" color="gray" tt="none">{tag}</Badge>)}
          </Group>
        </div>
        <Group gap={2} wrap="nowrap">
          {editable && <ActionIcon aria-label={t("common.edit")} onClick={() => setEditing(true)}><IconPencil size={18} /></ActionIcon>}
          {linked && <ActionIcon component={Link} to={`/contacts/${contact.id}`} aria-label={t("contact.openPage")}><IconExternalLink size={18} /></ActionIcon>}
          {may(me, "contacts.merge") && (
            <Menu position="bottom-end">
              <Menu.Target><ActionIcon aria-label={t("contact.moreActions")}><IconDots size={18} /></ActionIcon></Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconArrowsJoin2 size={16} />} onClick={() => setMerging(true)}>{t("merge.menu")}</Menu.Item>
                {contact.merges.map((merge) => (
                  <Menu.Item key={merge.id} leftSection={<IconArrowsSplit2 size={16} />} onClick={() => unmerge.mutate(merge.id, { onSuccess: () => notice(t("merge.undone")), onError: (error) => notice(describe(error), "bad") })}>
                    {t("merge.undo", { name: merge.other.name || t("contact.unnamed") })}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      </div>
      {!contact.name && editable && <NameIt contact={contact} />}
      <Identities contact={contact} />
      {facts.length > 0 && <dl className={classes.facts}>{facts.map(([label, value]) => <div key={label} style={{ display: "contents" }}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>}
      {contact.consents.length > 0 && (
        <section className={classes.section}>
          <h3>{t("contact.consents")}</h3>
          {contact.consents.map((consent) => (
            <div key={`${consent.purpose}${consent.channel}`}>
              {consentText(t, consent)} <span className="td-muted"><RelativeTime at={consent.at} /></span>
            </div>
          ))}
        </section>
      )}
     </div>
      <section className={classes.section}>
        <h3>{t("timeline.title")}</h3>
        {editable && <NoteBox contactId={contact.id} />}
        <Timeline contactId={contact.id} />
      </section>
      <Modal opened={editing} onClose={() => setEditing(false)} title={t("contact.edit")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Suspense fallback={<Loading rows={4} />}><ContactForm contact={contact} onDone={() => setEditing(false)} /></Suspense>
      </Modal>
      {merging && <Suspense><MergeDialog contact={contact} opened onClose={() => setMerging(false)} /></Suspense>}
    </div>
  );
}

/** Who the customer is and what has happened with them; kept true by the contact's own topic. */
export function CustomerPanel({ contactId, linked = true }: { contactId: Id; linked?: boolean }) {
  const query = useQuery(contactQuery(contactId));
  useTopic(`contact:${contactId}`);
  if (query.isPending) return <Loading rows={7} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return <Details contact={query.data} linked={linked} />;
}
