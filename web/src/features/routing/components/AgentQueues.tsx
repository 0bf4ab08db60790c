import { Button, Stack, Text } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import "@/shared/i18n/floor";
import { staffQuery } from "../api/staff";
import { MoveAgents } from "./MoveAgents";
import classes from "./MoveAgents.module.css";

/** The queues of one agent: by name, or by skills, which no name takes away. */
export function AgentQueues({ userId, name, mayMove }: { userId: Id; name: string; mayMove: boolean }) {
  const { t } = useTranslation();
  const [moving, setMoving] = useState(false);
  const query = useQuery(staffQuery);
  if (query.isPending) return <Loading rows={1} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  const own = query.data.filter((queue) => queue.named.includes(userId) || queue.by_skills.includes(userId));
  return (
    <Stack gap={8} align="flex-start">
      {own.length === 0 ? <Text c="dimmed">{t("floor.queues.none")}</Text> : (
        <ul className={classes.own}>
          {own.map((queue) => <li key={queue.id}>{queue.name} <small>{t(queue.named.includes(userId) ? (queue.by_skills.includes(userId) ? "floor.queues.both" : "floor.queues.named") : "floor.queues.skilled")}</small></li>)}
        </ul>
      )}
      {mayMove && <Button variant="default" leftSection={<IconArrowsExchange size={16} />} onClick={() => setMoving(true)}>{t("floor.queues.change")}</Button>}
      {moving && <MoveAgents agents={[userId]} nameOf={() => name} onClose={() => setMoving(false)} />}
    </Stack>
  );
}
