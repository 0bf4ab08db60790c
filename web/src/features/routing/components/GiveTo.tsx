import { Button, Popover, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Conversation } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/inbox";
import { useAssign } from "../api/assignments";
import { queueNamesQuery } from "../api/callbacks";
import { ColleaguePick } from "./ColleaguePick";

/** Gives who waits to an agent; whom an agent has, to another or back to a queue. They are told. */
export function GiveTo({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const assign = useAssign();
  const [open, setOpen] = useState(false);
  const holder = row.state === "open" ? row.agent : null;
  const queues = (useQuery({ ...queueNamesQuery, enabled: open && holder !== null }).data ?? []).filter((queue) => queue.channel === row.channel);
  useActions([{ id: "inbox.give", name: t("inbox.give"), section: "general", hotkey: "G", perform: () => setOpen(true) }]);
  const give = (to: { user_id: string } | { queue_id: string }, name: string) =>
    assign.mutate({ conversation: row.id, from_id: holder?.id, ...to }, { onSuccess: () => { setOpen(false); notice(t(`inbox.${"user_id" in to ? "given" : "givenQueue"}`, { who: name })); } });
  return (
    <Popover opened={open} onChange={setOpen} position="top-end" trapFocus returnFocus width={280}>
      <Popover.Target><Button variant="default" aria-expanded={open} title={`${t("inbox.give")} (${keyText("G")})`} onClick={() => setOpen(!open)}>{t("inbox.give")}</Button></Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="group" aria-label={t("inbox.give")}>
          {holder && <Text size="sm" c="dimmed">{t("inbox.giveLead", { who: holder.name })}</Text>}
          {open && <ColleaguePick path={`/conversations/${row.id}/agents`} busy={assign.isPending ? (assign.variables.user_id ?? null) : null} onPick={(one) => give({ user_id: one.id }, one.name)} />}
          {queues.length > 0 && <Text size="sm" c="dimmed">{t("inbox.giveQueue")}</Text>}
          {queues.map((queue) => <Button key={queue.id} variant="default" justify="start" loading={assign.isPending && assign.variables.queue_id === queue.id} onClick={() => give({ queue_id: queue.id }, queue.name)}>{queue.name}</Button>)}
          <ProblemNote error={assign.error} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
