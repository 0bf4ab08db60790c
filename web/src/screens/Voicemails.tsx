import { Badge, Button } from "@mantine/core";
import { IconDownload, IconMessage2, IconPhone, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usePlaceCall } from "@/features/telephony/api/calls";
import { useVoicemail, voicemailsQuery } from "@/features/telephony/api/voicemails";
import { MessagePlayer } from "@/features/telephony/components/MessagePlayer";
import { url } from "@/shared/api/client";
import type { Voicemail } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { undoable } from "@/shared/components/notices";
import { Page } from "@/shared/components/Page";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { RelativeTime } from "@/shared/components/Time";
import { nameOf, useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import classes from "./Voicemails.module.css";
import "@/shared/i18n/exchange";

function Message({ row }: { row: Voicemail }) {
  const { t } = useTranslation();
  const { mark, remove, restore } = useVoicemail();
  const place = usePlaceCall();
  const me = useSession();
  const back = row.number?.e164 ?? row.extension;
  const who = useWho();
  // The call of a message has no agent: it is open to those who see calls beyond their own and their team's.
  const open = !row.owner && may(me, "interactions.see", "project");
  return (
    <li className={`td-card ${classes.message}`} data-new={!row.heard || undefined}>
      <div className={classes.who}>
        <strong className="td-clip">{row.caller ? `${row.caller.name} (${row.extension ?? ""})` : nameOf(row) || !row.number ? who(row) : <PhoneNumber value={row.number.e164} />}</strong>
        {!row.heard && <Badge color="tide" tt="none">{t("voicemail.new")}</Badge>}
        <span className="td-muted">{row.owner && row.owner.id !== me.user.id && `${t("voicemail.inBox", { name: row.owner.name })} · `}{row.queue && `${row.queue.name} · `}<RelativeTime at={row.left_at} /></span>
        {nameOf(row) && row.number && <PhoneNumber value={row.number.e164} />}
      </div>
      <MessagePlayer source={url(`/voicemails/${row.id}/audio`)} seconds={row.duration_s} label={who(row)} onHeard={() => !row.heard && mark.mutate({ row, heard: true })} />
      <div className={classes.actions}>
        {back && may(me, "calls.take") && <Button variant="subtle" leftSection={<IconPhone size={16} />} loading={place.isPending} onClick={() => place.mutate({ to: back })}>{t("voicemail.callBack")}</Button>}
        <Button variant="subtle" onClick={() => mark.mutate({ row, heard: !row.heard })}>{t(row.heard ? "voicemail.markNew" : "voicemail.markHeard")}</Button>
        {open && <Button component={Link} to={`/calls/${row.interaction_id}`} variant="subtle">{t("voicemail.openCall")}</Button>}
        {may(me, "voicemail.download") && <Button component="a" href={url(`/voicemails/${row.id}/audio`, { download: true })} variant="subtle" leftSection={<IconDownload size={16} />}>{t("voicemail.download")}</Button>}
        <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} loading={remove.isPending} onClick={() => remove.mutate(row.id, { onSuccess: () => undoable(t("voicemail.deleted"), t("common.undo"), () => restore.mutate(row.id)) })}>{t("voicemail.delete")}</Button>
      </div>
      {(row.mail === "failed" || row.mail === "uncertain") && <span className="td-muted">{t(row.mail === "failed" ? "voicemail.mailFailed" : "voicemail.mailUncertain")}</span>}
      <ProblemNote error={mark.error ?? remove.error ?? place.error} />
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
