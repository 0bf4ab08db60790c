import { Badge, Button } from "@mantine/core";
import { IconMessage2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMarkHeard, voicemailsQuery } from "@/features/telephony/api/voicemails";
import { MessagePlayer } from "@/features/telephony/components/MessagePlayer";
import { url } from "@/shared/api/client";
import type { Voicemail } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { RelativeTime } from "@/shared/components/Time";
import { nameOf, useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import classes from "./Voicemails.module.css";

function Message({ row }: { row: Voicemail }) {
  const { t } = useTranslation();
  const mark = useMarkHeard();
  const who = useWho();
  // The call of a message has no agent: it is open to those who see calls beyond their own and their team's.
  const open = may(useSession(), "interactions.see", "project");
  return (
    <li className={`td-card ${classes.message}`} data-new={!row.heard || undefined}>
      <div className={classes.who}>
        <strong className="td-clip">{nameOf(row) || !row.number ? who(row) : <PhoneNumber value={row.number.e164} />}</strong>
        {!row.heard && <Badge color="tide" tt="none">{t("voicemail.new")}</Badge>}
        <span className="td-muted">{row.queue && `${row.queue.name} · `}<RelativeTime at={row.left_at} /></span>
        {nameOf(row) && row.number && <PhoneNumber value={row.number.e164} />}
      </div>
      <MessagePlayer source={url(`/voicemails/${row.id}/audio`)} seconds={row.duration_s} label={who(row)} onHeard={() => !row.heard && mark.mutate({ row, heard: true })} />
      <div className={classes.actions}>
        <Button variant="subtle" onClick={() => mark.mutate({ row, heard: !row.heard })}>{t(row.heard ? "voicemail.markNew" : "voicemail.markHeard")}</Button>
        {open && <Button component={Link} to={`/calls/${row.interaction_id}`} variant="subtle">{t("voicemail.openCall")}</Button>}
      </div>
      <ProblemNote error={mark.error} />
    </li>
  );
}

export function Voicemails() {
  const { t } = useTranslation();
  const query = useQuery(voicemailsQuery);
  return (
    <Page title={t("voicemail.title")}>
      {query.isPending ? <Loading rows={5} height={64} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.items.length === 0 ? <EmptyState icon={<IconMessage2 size={32} />} title={t("voicemail.empty")} text={t("voicemail.emptyText")} />
          : <ul className={classes.list}>{query.data.items.map((row) => <Message key={row.id} row={row} />)}</ul>}
    </Page>
  );
}
