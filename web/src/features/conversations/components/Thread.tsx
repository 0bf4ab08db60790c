import { Button, Loader } from "@mantine/core";
import { IconArrowDown } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Id, Linked, Message, ScheduledReply } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { useNow } from "@/shared/format/clock";
import { soon } from "@/shared/later";
import { useTopic } from "@/shared/realtime/context";
import { useSession } from "@/shared/session";
import "@/shared/i18n/chat";
import { mergedQuery } from "../api/links";
import { scheduledQuery } from "../api/scheduled";
import { loadOlder, threadQuery, typingQuery } from "../api/threads";
import { threadTopic } from "../realtime/threads";
import { marksOf, partsOf, withMerged } from "../thread";
import { UnsentBubble } from "./Bubbles";
import classes from "./Thread.module.css";
import { ThreadPart } from "./ThreadPart";
import { useFollow } from "./useFollow";
import { useOutbox } from "./useOutbox";
import { useSeen } from "./useSeen";

const TYPING_MS = 6000;
const NOTHING: Message[] = [];
const NOT_YET: ScheduledReply[] = [];
const NONE: Linked[] = [];
const Merged = soon(async () => (await import("./Merged")).default);
const Scheduled = soon(async () => (await import("./Scheduled")).default);

function TypingLine({ id, customer }: { id: Id; customer: string }) {
  const { t } = useTranslation();
  const at = useQuery(typingQuery(id)).data;
  const now = useNow();
  return <div className={classes.typing} role="status">{now - at < TYPING_MS && <><i aria-hidden><b /><b /><b /></i> {t("chat.typing", { who: customer })}</>}</div>;
}

/** A conversation's messages. `live`: it goes on, and its reader answers: what they see here counts as seen. */
export function Thread({ conversationId, customer, live }: { conversationId: Id; customer: string; live: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const zone = useSession().user.time_zone;
  useTopic(threadTopic(conversationId));
  const query = useQuery(threadQuery(conversationId));
  const { outbox, unsent } = useOutbox(conversationId);
  const thread = query.data;
  const messages = thread?.messages ?? NOTHING;
  const merged = useQuery(mergedQuery(conversationId)).data?.links ?? NONE;
  const parts = useMemo(() => withMerged(partsOf(messages, zone), merged, thread?.more ?? false), [messages, zone, merged, thread?.more]);
  const marks = useMemo(() => marksOf(messages, thread?.seen_seq ?? 0), [messages, thread?.seen_seq]);
  const known = useMemo(() => new Set(messages.map((one) => one.client_id)), [messages]);
  const waiting = unsent.filter((row) => !known.has(row.client_id));
  const scheduled = (useQuery(scheduledQuery(conversationId)).data ?? NOT_YET).filter((row) => !known.has(row.client_id));
  const loading = useRef(false);
  const [older, setOlder] = useState<"none" | "loading" | "failed">("none");
  const more = thread?.more ?? false;
  const load = useCallback(() => {
    if (loading.current || !more) return;
    loading.current = true;
    setOlder("loading");
    loadOlder(queries, conversationId).then(() => setOlder("none"), (error: unknown) => {
      setOlder("failed");
      if (!(error instanceof Problem)) throw error;
    }).finally(() => (loading.current = false));
  }, [queries, conversationId, more]);
  const last = thread?.last_seq ?? 0;
  const { box, from, toEnd, stay } = useFollow(messages[0]?.seq ?? 0, last, waiting.length + scheduled.length, load);
  useSeen(conversationId, last, thread?.read_seq ?? 0, live && from === null && thread !== undefined);
  const fresh = from === null ? 0 : messages.filter((one) => one.seq > from && one.kind !== "event").length;
  const heard = messages.findLast((one) => one.author === "customer");
  return (
    <div className={classes.thread}>
      {/* A scrolling place must be reachable by keyboard. */}
      <div ref={box} className={classes.scroll} tabIndex={0} role="region" aria-label={t("chat.messages")}>
        {query.isPending ? <Loading rows={5} height={44} /> : query.error && !thread ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : (
          <ol className={classes.list}>
            {more && <li className={classes.older}>{older === "loading" ? <Loader size="xs" /> : <Button variant="subtle" size="compact-sm" onClick={load}>{t("chat.older")}</Button>}</li>}
            {parts.map((part) => part.kind === "merged" ? <Suspense key={part.key}><Merged keptId={conversationId} linked={part.linked} onGrown={stay} /></Suspense> : <ThreadPart key={part.key} part={part} customer={customer} marks={marks} />)}
            {waiting.map((row) => <UnsentBubble key={row.client_id} row={row} outbox={outbox} />)}
            {scheduled.length > 0 && <Suspense><Scheduled rows={scheduled} onGrown={stay} /></Suspense>}
          </ol>
        )}
      </div>
      {from !== null && (
        <Button className={classes.pill} size="compact-md" radius="xl" variant={fresh ? "filled" : "default"} leftSection={<IconArrowDown size={15} />} onClick={toEnd}>
          {fresh ? t("chat.new", { count: fresh }) : t("chat.newest")}
        </Button>
      )}
      {live && <TypingLine id={conversationId} customer={customer} />}
      {live && <div className="td-visually-hidden" role="log" aria-label={t("chat.latest")}>{heard && <p key={heard.id}>{customer}: {heard.body || heard.attachments.map((one) => one.name).join(", ")}</p>}</div>}
    </div>
  );
}
