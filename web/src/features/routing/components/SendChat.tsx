import { Button, Popover, Stack, Text } from "@mantine/core";
import { IconArrowForward } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Assignment } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/chat";
import { useHandOver, useSendChat } from "../api/assignments";
import { queueNamesQuery } from "../api/callbacks";
import { ColleaguePick } from "./ColleaguePick";

/** Where else a chat may go: the queues of chats, and colleagues. On a call its key is the call's. */
export function SendChat({ row, onCall, keyClass }: { row: Assignment; onCall: boolean; keyClass?: string }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const send = useSendChat();
  const hand = useHandOver();
  const queues = (useQuery({ ...queueNamesQuery, enabled: open }).data ?? []).filter((queue) => queue.channel === row.channel && queue.id !== row.queue?.id);
  const first = useRef<HTMLButtonElement>(null);
  // They may come after the list has opened.
  useEffect(() => {
    if (open && queues.length > 0) first.current?.focus();
  }, [open, queues.length]);
  useActions([onCall ? null : { id: "chat.sendOn", name: t("chat.sendOn"), section: "call", hotkey: "Alt+T", perform: () => setOpen((now) => !now) }]);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={300}>
      <Popover.Target>
        <Button variant="default" aria-expanded={open} leftSection={<IconArrowForward size={16} />} onClick={() => setOpen(!open)}>{t("chat.sendOn")}{!onCall && <kbd className={keyClass}>{keyText("Alt+T")}</kbd>}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="group" aria-label={t("chat.sendOn")}>
          <Text size="sm" c="dimmed">{t("chat.sendOnLead")}</Text>
          {queues.map((queue, index) => (
            <Button key={queue.id} ref={index === 0 ? first : undefined} variant="default" justify="start" loading={send.isPending && send.variables.queue_id === queue.id} onClick={() => send.mutate({ id: row.id, queue_id: queue.id }, { onSuccess: () => { setOpen(false); notice(t("chat.sentOn", { queue: queue.name })); } })}>{queue.name}</Button>
          ))}
          {queues.length === 0 && <Text size="sm">{t("chat.sendOnNone")}</Text>}
          <Text size="sm" c="dimmed">{t("chat.handLead")}</Text>
          {open && <ColleaguePick path={`/assignments/${row.id}/colleagues`} busy={hand.isPending ? hand.variables.user_id : null} onPick={(one) => hand.mutate({ id: row.id, user_id: one.id }, { onSuccess: () => setOpen(false) })} />}
          <ProblemNote error={send.error ?? hand.error} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
