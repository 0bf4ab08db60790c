import { Badge, Button, Modal, TextInput } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { IconAddressBook, IconPlus, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { contactsQuery, useCreateContact } from "@/features/crm/api/contacts";
import { useContactName } from "@/features/crm/components/useContactName";
import type { ContactRow } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { RelativeTime } from "@/shared/components/Time";
import { VirtualRows } from "@/shared/components/VirtualRows";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import classes from "./Contacts.module.css";

function Row({ row }: { row: ContactRow }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const country = useSession().tenant.country;
  const phone = row.identities.find((identity) => identity.kind === "phone");
  return (
    <Link to="/contacts/$contactId" params={{ contactId: row.id }} className={`${classes.grid} ${classes.row}`}>
      <span className={classes.name}>
        <strong className="td-clip">{nameOf(row)}</strong>
        {row.kind !== "customer" && <Badge variant="light" color="gray" tt="none" size="sm">{t(`contact.kind.${row.kind}`)}</Badge>}
        {row.tags.map((tag) => <Badge key={tag} variant="outline" color="gray" tt="none" size="sm" className={classes.tag}>{tag}</Badge>)}
      </span>
      <span className="td-num td-clip">{phone ? phoneText(phone.value, country) : row.identities[0]?.value}</span>
      <span className={`td-clip ${classes.wide}`}>{row.company?.name}</span>
      <span className={`td-muted ${classes.last}`}>{row.last_interaction_at && <RelativeTime at={row.last_interaction_at} />}</span>
    </Link>
  );
}

function NewContact({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const create = useCreateContact();
  const [name, setName] = useState("");
  return (
    <form onSubmit={(event) => {
      event.preventDefault();
      create.mutate({ name: name.trim(), kind: "customer" }, { onSuccess: (contact) => {
        onClose();
        void navigate({ to: "/contacts/$contactId", params: { contactId: contact.id } });
      } });
    }}>
      <TextInput label={t("contact.name")} value={name} data-autofocus maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
      <ProblemNote error={create.error} />
      <Button type="submit" mt="md" disabled={!name.trim()} loading={create.isPending}>{t("common.save")}</Button>
    </form>
  );
}

export function Contacts() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ from: "/shell/contacts" });
  const narrow = useMediaQuery("(max-width: 620px)", false, { getInitialValueInEffect: false });
  const [text, setText] = useState(q);
  const [adding, setAdding] = useState(false);
  const search = useDebouncedCallback((next: string) => void navigate({ to: "/contacts", search: next ? { q: next } : {}, replace: true }), 250);
  const query = useInfiniteQuery(contactsQuery(q));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const header = <div className={classes.grid}>{(["name", "number", "company", "last"] as const).map((column) => <span key={column} className={column === "company" ? classes.wide : undefined}>{t(`contacts.column.${column}`)}</span>)}</div>;
  return (
    <Page title={t("contacts.title")} actions={<Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>{t("contacts.new")}</Button>}>
      <TextInput
        aria-label={t("common.search")} placeholder={t("contacts.search")} type="search" leftSection={<IconSearch size={16} />} maw={420} mb="sm" value={text} onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <div className={`td-card ${classes.list}`}>
        {query.isPending ? <div style={{ padding: 14 }}><Loading rows={12} /></div> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
          : rows.length === 0 ? <EmptyState icon={<IconAddressBook size={32} />} title={q ? t("contacts.nothing", { q }) : t("contacts.empty")} text={q ? undefined : t("contacts.emptyText")} />
            : <VirtualRows label={t("contacts.title")} rows={rows} rowKey={(row) => row.id} height={narrow ? 56 : 40} header={narrow ? undefined : header} render={(row) => <Row row={row} />} onEnd={more} busy={query.isFetchingNextPage} />}
      </div>
      <Modal opened={adding} onClose={() => setAdding(false)} title={t("contacts.new")} closeButtonProps={{ "aria-label": t("common.close") }}><NewContact onClose={() => setAdding(false)} /></Modal>
    </Page>
  );
}
