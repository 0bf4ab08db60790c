import { Button } from "@mantine/core";
import { IconArrowsJoin2, IconHistory, IconMail, IconMessageCircle, IconNote, IconPencil, IconPhoneIncoming, IconPhoneOutgoing, IconShieldCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Id, TimelineEntry } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { ResultBadge } from "@/shared/components/ResultBadge";
import { RelativeTime } from "@/shared/components/Time";
import { clockText } from "@/shared/format/time";
import { timelineQuery } from "../api/contacts";
import { consentText } from "./consent";
import classes from "./Customer.module.css";

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const row = entry.interaction;
  if (row) {
    const Icon = row.channel === "email" ? IconMail : row.channel !== "voice" ? IconMessageCircle : row.direction === "outbound" ? IconPhoneOutgoing : IconPhoneIncoming;
    return (
      <Link to="/calls/$interactionId" params={{ interactionId: row.id }} className={classes.entry}>
        <Icon size={17} aria-hidden className={classes.entryIcon} />
        <span className={classes.entryTop}><ResultBadge result={row.result} /> <span className="td-muted"><RelativeTime at={entry.at} /></span></span>
        <span className="td-muted td-clip">
          {[row.disposition, row.queue?.name, row.agent?.name, row.talk_s ? clockText(row.talk_s) : null].filter(Boolean).join(" · ")}
        </span>
      </Link>
    );
  }
  const Icon = entry.kind === "note" ? IconNote : entry.consent ? IconShieldCheck : entry.kind === "merge" ? IconArrowsJoin2 : IconPencil;
  const title = entry.kind === "merge" ? t("timeline.merged", { name: entry.title || t("contact.unnamed") }) : entry.consent ? consentText(t, entry.consent) : entry.note?.author?.name ?? entry.title;
  return (
    <div className={classes.entry}>
      <Icon size={17} aria-hidden className={classes.entryIcon} />
      <span className={classes.entryTop}><strong className="td-clip">{title}</strong> <span className="td-muted"><RelativeTime at={entry.at} /></span></span>
      <span className={classes.entryText}>{entry.note?.text ?? entry.detail}</span>
    </div>
  );
}

export function Timeline({ contactId }: { contactId: Id }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(timelineQuery(contactId));
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <Loading rows={4} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  if (entries.length === 0) return <EmptyState icon={<IconHistory size={28} />} title={t("timeline.empty")} text={t("timeline.emptyText")} />;
  return (
    <div className={classes.timeline}>
      {entries.map((entry) => <Entry key={`${entry.kind}${entry.id}`} entry={entry} />)}
      {query.hasNextPage && <Button variant="subtle" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>{t("common.more")}</Button>}
    </div>
  );
}
