import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { outboxOf } from "@/features/conversations/outbox";
import { assignmentsQuery } from "@/features/routing/api/assignments";
import { beep } from "@/features/telephony/softphone/ringer";
import { countInTitle } from "@/shared/components/title";
import { useSession } from "@/shared/session";

/** Wherever the agent is: what they wrote is sent, and what is unread is counted in the tab's title and heard from another window. */
export default function ChatSignals() {
  const queries = useQueryClient();
  const me = useSession().user.id;
  const unread = useQuery(assignmentsQuery).data?.reduce((sum, row) => sum + (row.state === "accepted" ? (row.thread?.unread ?? 0) : 0), 0) ?? 0;
  const before = useRef(0);
  useEffect(() => outboxOf(me, queries).start(), [me, queries]);
  useEffect(() => {
    countInTitle(unread);
    if (unread > before.current && !document.hasFocus()) beep();
    before.current = unread;
    return () => countInTitle(0);
  }, [unread]);
  return null;
}
