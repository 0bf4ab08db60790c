import { Button, Group, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconArrowsExchange, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import "@/shared/i18n/floor";
import { staffQuery, useMoveAgents } from "../api/staff";
import { movesOf, requestOf, type Wish } from "./moves";
import classes from "./MoveAgents.module.css";

const WISHES: Wish[] = ["keep", "add", "remove"];

/** Several agents in and out of several queues, with what changes said before it is done. `nameOf` knows the agents' names. */
export function MoveAgents({ agents, nameOf, onClose, onMoved }: { agents: Id[]; nameOf: (id: Id) => string; onClose: () => void; onMoved?: () => void }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const query = useQuery(staffQuery);
  const move = useMoveAgents();
  const [wishes, setWishes] = useState<Record<Id, Wish>>({});
  const staff = query.data ?? [];
  const moves = movesOf(staff, agents, wishes);
  const request = requestOf(moves);
  const changes = request.add.length + request.remove.length;
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" });
  const names = (ids: Id[]): string => list.format(ids.length > 4 ? [...ids.slice(0, 3).map(nameOf), t("floor.move.others", { count: ids.length - 3 })] : ids.map(nameOf));
  const among = (ids: Id[]): number => agents.filter((id) => ids.includes(id)).length;
  const submit = () => move.mutate(request, {
    onSuccess: ({ added, removed }) => {
      undoable(t("floor.move.done", { count: added.length + removed.length }), t("common.undo"), () => move.mutate({ add: removed, remove: added }, { onError: (error) => notice(describe(error), "bad") }));
      onMoved?.();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={t("floor.move.title", { names: names(agents) })} closeButtonProps={{ "aria-label": t("common.close") }}>
      {query.isPending ? <Loading rows={4} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : (
        <Stack>
          <ul className={classes.queues}>
            {staff.map((queue) => (
              <li key={queue.id}>
                <span className={classes.queue}>
                  <strong>{queue.name}</strong>
                  <small>{t(among(queue.by_skills) > 0 ? "floor.move.nowSkilled" : "floor.move.now", { named: among(queue.named), skilled: among(queue.by_skills), total: agents.length })}</small>
                </span>
                <SegmentedControl size="xs" aria-label={queue.name} value={wishes[queue.id] ?? "keep"} onChange={(wish) => setWishes((before) => ({ ...before, [queue.id]: wish as Wish }))} data={WISHES.map((wish) => ({ value: wish, label: t(`floor.move.wish.${wish}`) }))} />
              </li>
            ))}
          </ul>
          <div aria-live="polite" className={classes.preview}>
            {moves.length === 0 ? <Text c="dimmed">{t("floor.move.nothing")}</Text> : moves.map(({ queue, add, remove, stay }) => (
              <Text key={queue.id}>
                {add.length > 0 && t("floor.move.adds", { names: names(add), queue: queue.name })}
                {remove.length > 0 && t("floor.move.removes", { names: names(remove), queue: queue.name })}
                {stay.length > 0 && <span className={classes.stay}><IconInfoCircle size={15} aria-hidden /> {t("floor.move.stays", { names: names(stay), queue: queue.name })}</span>}
              </Text>
            ))}
            {request.remove.length > 0 && <Text size="sm" c="dimmed">{t("floor.move.goesOn")}</Text>}
          </div>
          <ProblemNote error={move.error} />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
            <Button leftSection={<IconArrowsExchange size={16} />} disabled={changes === 0} loading={move.isPending} onClick={submit}>{t("floor.move.submit")}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
