import { Badge, Button, TextInput } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { IconAddressBook, IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { contactsQuery } from "@/features/crm/api/contacts";
import { useContactName } from "@/features/crm/components/useContactName";
import type { ContactRow } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Marked } from "@/shared/components/Marked";
import { Page } from "@/shared/components/Page";
import { RelativeTime } from "@/shared/components/Time";
import { VirtualRows } from "@/shared/components/VirtualRows";
import { matchParts } from "@/shared/format/match";
import { phoneText } from "@/shared/format/phone";
import { may, useSession } from "@/shared/session";
import { NewContact, type Start, startOf } from "./NewContact";
import classes from "./Contacts.module.css";

function Row({ row, q }: { row: ContactRow; q: string }) {
  const { t } = useTranslation();
  const nameOf = useContactName();
  const country = useSession().tenant.country;
  const textOf = (one: ContactRow["identities"][number]) => (one.kind === "phone" ? phoneText(one.value, country) : one.value);
  // Who was found by another number or address is shown with that one.
  const matching = q ? row.identities.find((one) => matchParts(textOf(one), q).some((part) => part.hit)) : undefined;
  const shown = matching ?? row.identities.find((one) => one.kind === "phone") ?? row.identities[0];
  return (
    <Link to="/contacts/$contactId" params={{ contactId: row.id }} className={`${classes.grid} ${classes.row}`}>
      <span className={classes.name}>
        <strong className="td-clip"><Marked text={nameOf(row)} q={q} /></strong>
        {row.kind !== "customer" && <Badge variant="light" color="gray" tt="none" size="sm">{t(`contact.kind.${row.kind}`)}</Badge>}
        {row.tags.map((tag) => <Badge key={tag} variant="outline" color="gray" tt="none" size="sm" className={classes.tag}>{tag}</Badge>)}
      </span>
      <span className="td-num td-clip">{shown && <Marked text={textOf(shown)} q={q} />}</span>
      <span className={`td-clip ${classes.wide}`}>{row.company && <Marked text={row.company.name} q={q} />}</span>
      <span className={`td-muted ${classes.last}`}>{row.last_interaction_at && <RelativeTime at={row.last_interaction_at} />}</span>
    </Link>
  );
}

export function Contacts() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { q = "" } = useSearch({ from: "/shell/contacts" });
  const narrow = useMediaQuery("(max-width: 620px)", false, { getInitialValueInEffect: false });
  const [text, setText] = useState(q);
  const editable = may(useSession(), "contacts.edit");
  const [adding, setAdding] = useState<Start | null>(null);
  const search = useDebouncedCallback((next: string) => void navigate({ to: "/contacts", search: next ? { q: next } : {}, replace: true }), 250);
  const query = useInfiniteQuery({ ...contactsQuery(q), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const start = startOf(q);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const header = <div className={classes.grid}>{(["name", "number", "company", "last"] as const).map((column) => <span key={column} className={column === "company" ? classes.wide : undefined}>{t(`contacts.column.${column}`)}</span>)}</div>;
  return (
    <Page title={t("contacts.title")} actions={editable && <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding({})}>{t("contacts.new")}</Button>}>
      <TextInput
        aria-label={t("common.search")} placeholder={t("contacts.search")} type="search" leftSection={<IconSearch size={16} />} maw={420} mb="sm" value={text} onChange={(event) => {
          setText(event.currentTarget.value);
          search(event.currentTarget.value.trim());
        }}
      />
      <div className={`td-card ${classes.list}`}>
        {query.isPending ? <div style={{ padding: 14 }}><Loading rows={12} /></div> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
          : rows.length === 0 ? <EmptyState icon={<IconAddressBook size={32} />} title={q ? t("contacts.nothing", { q }) : t("contacts.empty")} text={q ? undefined : t("contacts.emptyText")} action={q && editable && <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setAdding(start)}>{t(start.phone ? "contacts.createNumber" : start.email ? "contacts.createEmail" : "contacts.createName", { q })}</Button>} />
            : <VirtualRows label={t("contacts.title")} rows={rows} rowKey={(row) => row.id} height={narrow ? 56 : 40} header={narrow ? undefined : header} render={(row) => <Row row={row} q={q} />} onEnd={more} busy={query.isFetchingNextPage} />}
      </div>
      {adding && <NewContact start={adding} onClose={() => setAdding(null)} />}
    </Page>
  );
}
