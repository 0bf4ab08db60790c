import { Button } from "@mantine/core";
import { IconArrowsJoin2, IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useLayoutEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Linked } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { exactText } from "@/shared/format/time";
import { useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { loadOlder, threadQuery } from "../api/threads";
import { partsOf } from "../thread";
import classes from "./Thread.module.css";
import { ThreadPart } from "./ThreadPart";
import { UndoMerge } from "./UndoMerge";

const NO_MARKS = new Map<number, "seen" | "sent">();

function Inside({ id, customer, onGrown }: { id: Id; customer: string; onGrown: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const zone = useSession().user.time_zone;
  const query = useQuery(threadQuery(id));
  const thread = query.data;
  const count = thread?.messages.length;
  useLayoutEffect(onGrown, [count, onGrown]);
  if (!thread) return query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Loading rows={2} height={44} />;
  return (
    <ol className={classes.inside}>
      {thread.more && <li className={classes.older}><Button variant="subtle" size="compact-sm" onClick={() => void loadOlder(queries, id).catch(() => query.refetch())}>{t("chat.older")}</Button></li>}
      {partsOf(thread.messages, zone).map((part) => <ThreadPart key={part.key} part={part} customer={customer} marks={NO_MARKS} />)}
    </ol>
  );
}

/** A conversation that is merged into the one that is read, in its place by time. */
export default function Merged({ keptId, linked, onGrown }: { keptId: Id; linked: Linked; onGrown: () => void }) {
  const { t, i18n } = useTranslation();
  const me = useSession();
  const who = useWho();
  const [open, setOpen] = useState(true);
  const { conversation } = linked;
  const about = conversation.subject ? t("merging.blockAbout", { who: who(conversation), about: conversation.subject }) : t("merging.block", { who: who(conversation) });
  return (
    <li className={classes.merged} data-merged>
      <div className={classes.mergedHead}>
        <button type="button" aria-expanded={open} title={t("merging.by", { who: linked.by.name, when: exactText(linked.at, i18n.language, me.user.time_zone) })} onClick={() => setOpen(!open)}>
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <IconArrowsJoin2 size={16} aria-hidden />
          <span className="td-break">{about}</span>
        </button>
        {may(me, "interactions.edit") && <UndoMerge kept={keptId} other={conversation.id} compact />}
      </div>
      {open && <Inside id={conversation.id} customer={who(conversation)} onGrown={onGrown} />}
    </li>
  );
}
