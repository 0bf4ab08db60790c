import { Button, Group } from "@mantine/core";
import { IconArrowLeft, IconHeadset } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { conversationQuery, tellHere } from "@/features/conversations/api/inbox";
import { Composer } from "@/features/conversations/components/Composer";
import { Colleagues } from "@/features/conversations/components/Colleagues";
import { ConversationState } from "@/features/conversations/components/ConversationRow";
import { FollowButton, SnoozeButton, TagButton } from "@/features/conversations/components/Marks";
import { MoreMenu } from "@/features/conversations/components/MoreMenu";
import { useLooked } from "@/features/conversations/components/useLooked";
import { Thread } from "@/features/conversations/components/Thread";
import { assignmentsQuery, tellTyping, useTake } from "@/features/routing/api/assignments";
import { GiveTo } from "@/features/routing/components/GiveTo";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Conversation, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { soon } from "@/shared/later";
import { useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import classes from "./Inbox.module.css";

const MergedAway = soon(async () => (await import("@/features/conversations/components/MergedAway")).default);

/** Why one cannot write to this customer just now, and how one could. */
function Whose({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const me = useSession();
  const take = useTake();
  const waits = row.state === "waiting";
  const text = row.state === "closed" ? t("inbox.isClosed") : row.state === "bot" ? t("inbox.withBot") : waits ? t("inbox.waitsIn", { queue: row.queue?.name ?? "" }) : t("inbox.othersHave", { who: row.agent?.name ?? "" });
  useActions([waits && row.may_take ? { id: "inbox.take", name: t("inbox.take"), section: "general", hotkey: "T", perform: () => take.mutate(row.id) } : null]);
  return (
    <div className={classes.whose}>
      <span>{text}</span>
      {(waits || (row.state === "open" && may(me, "conversations.assign"))) && (
        <Group gap="xs">
          {may(me, "conversations.assign") && <GiveTo row={row} />}
          {waits && row.may_take && <Button loading={take.isPending} onClick={() => take.mutate(row.id)}>{t("inbox.take")} <kbd className={classes.key}>{keyText("T")}</kbd></Button>}
        </Group>
      )}
      <ProblemNote error={take.error} />
    </div>
  );
}

/** One conversation, read without disturbing; only who has the customer writes to them. */
export function Opened({ id, onBack, onOpen }: { id: Id; onBack?: (() => void) | undefined; onOpen: (other: Id) => void }) {
  const { t } = useTranslation();
  const me = useSession();
  const who = useWho();
  const query = useQuery(conversationQuery(id));
  const held = useQuery(assignmentsQuery).data?.find((one) => one.thread?.conversation_id === id && one.state === "accepted");
  const row = query.data;
  useLooked(row);
  if (query.isPending) return <div className={classes.pad}><Loading rows={6} height={44} /></div>;
  if (!row) return <div className={classes.pad}><ProblemNote error={query.error} retry={() => void query.refetch()} />{onBack && <Button mt="md" variant="default" onClick={onBack}>{t("common.back")}</Button>}</div>;
  const name = who(row);
  const mine = row.state === "open" && row.agent?.id === me.user.id;
  const writes = () => {
    tellHere(id, "writing");
    if (held) tellTyping(held.id);
  };
  return (
    <div className={classes.opened}>
      <header className={classes.head}>
        {onBack && <Button variant="subtle" px={8} aria-label={t("common.back")} onClick={onBack}><IconArrowLeft size={18} /></Button>}
        <div className={classes.names}>
          <h2 className={`${classes.who} td-break`}>{name}</h2>
          <div className={`${classes.about} td-muted`}><ConversationState state={row.state} /><span>{[row.queue?.name, row.agent?.name, ...row.tags.map((tag) => `#${tag}`)].filter(Boolean).join(" · ")}</span></div>
        </div>
        <FollowButton row={row} />
        {may(me, "interactions.edit") && <><TagButton row={row} />{!row.merged_into && <><SnoozeButton row={row} /><MoreMenu row={row} onOpen={onOpen} /></>}</>}
        {held && <Button component={Link} to="/workspace" variant="default" leftSection={<IconHeadset size={16} />}>{t("inbox.toWorkspace")}</Button>}
      </header>
      <Thread conversationId={id} customer={name} live={mine} />
      <Colleagues conversationId={id} />
      {row.merged_into ? <div className={classes.whose}><Suspense><MergedAway id={id} into={row.merged_into} onOpen={onOpen} /></Suspense></div> : !mine && <Whose row={row} />}
      {!row.merged_into && <Composer key={mine ? "mine" : "note"} conversationId={id} customer={name} mayWrite={mine} letter={row.channel === "email"} onTyping={writes} />}
    </div>
  );
}
