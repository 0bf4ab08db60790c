import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { conversationQuery } from "@/features/conversations/api/inbox";
import { Problem } from "@/shared/api/problem";
import type { Conversation, Id } from "@/shared/api/types";
import { notice, undoable } from "@/shared/components/notices";
import { useWho } from "@/shared/format/who";
import "@/shared/i18n/inbox";
import { alsoHandle } from "@/shared/realtime/context";
import { useSession } from "@/shared/session";

const AGAIN_MS = 30_000;
/** `mentioned`, `moved`: by whom; `moved` also to whom, or to a queue. */
interface Heard { id: Id; what: "written" | "mentioned" | "stopped" | "moved"; by?: string; to?: string | undefined }
const listeners = new Set<(heard: Heard) => void>();

function heard(queries: QueryClient, one: Heard): void {
  void queries.invalidateQueries({ queryKey: ["inbox"] });
  listeners.forEach((tell) => tell(one));
}
alsoHandle({
  apply: (queries, event) => {
    if (event.type === "followed.written") heard(queries, { id: event.data.id, what: "written" });
    else if (event.type === "colleague.mentioned") heard(queries, { id: event.data.conversation_id, what: "mentioned", by: event.data.by.name });
    else if (event.type === "reply.stopped") heard(queries, { id: event.data.id, what: "stopped" });
    else if (event.type === "conversation.reassigned") heard(queries, { id: event.data.conversation_id, what: "moved", by: event.data.by.name, to: event.data.to?.name });
  },
  resync: (topic) => (topic === "me" ? [["inbox"]] : []),
});

const isOpen = (id: Id): boolean => document.visibilityState === "visible" && document.hasFocus() && location.pathname === "/inbox" && location.search.includes(id);

/** Wherever one is: what is written in a conversation that one follows, and who mentions one, is said once; its list keeps it. */
export default function FollowSignals() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const who = useWho();
  const me = useSession().user.id;
  useEffect(() => {
    const said = new Map<Id, number>();
    const say = async ({ id, what, by = "", to }: Heard): Promise<void> => {
      if (what === "moved") notice(to ? t("follow.moved", { by, to }) : t("follow.movedQueue", { by }), "note");
      if (what === "moved" || isOpen(id) || (what === "written" && Date.now() - (said.get(id) ?? 0) < AGAIN_MS)) return;
      const row: Conversation = await queries.fetchQuery({ ...conversationQuery(id), staleTime: 0 });
      if (what === "written" && row.state === "open" && row.agent?.id === me) return;
      said.set(id, Date.now());
      const text = what === "written" ? t("follow.written", { who: who(row) }) : what === "stopped" ? t("follow.stopped", { who: who(row) }) : t("mention.heard", { by, who: who(row) });
      const view = what === "written" ? "followed" : what === "stopped" ? "scheduled" : "mentioned";
      undoable(text, t("follow.open"), () => void navigate({ to: "/inbox", search: { view, id } }));
    };
    const tell = (one: Heard) => void say(one).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error; // not theirs to read any more
    });
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, [queries, navigate, t, who, me]);
  return null;
}
