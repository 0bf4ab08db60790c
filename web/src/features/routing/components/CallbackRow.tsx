import { Anchor, Badge, Button, Group, TextInput } from "@mantine/core";
import { IconCalendarTime, IconPhoneOutgoing, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Callback } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { PhoneNumber } from "@/shared/components/PhoneNumber";
import { ExactTime, RelativeTime } from "@/shared/components/Time";
import { instantIn } from "@/shared/format/time";
import { may, useSession } from "@/shared/session";
import { useCallBack, useCancel, useMove } from "../api/callbacks";
import classes from "./Callbacks.module.css";

const COLORS: Record<Callback["state"], string> = {
  scheduled: "gray", waiting: "yellow", due: "orange", calling: "blue", served: "green", failed: "red", cancelled: "gray", called_again: "gray",
};

/** One callback with what can be done about it now. */
export function CallbackRow({ row }: { row: Callback }) {
  const { t } = useTranslation();
  const me = useSession();
  const [when, setWhen] = useState<string | null>(null);
  const move = useMove();
  const cancel = useCancel();
  const call = useCallBack();
  const open = row.state === "scheduled" || row.state === "waiting" || row.state === "due";
  const edit = open && may(me, "callbacks.edit");
  const name = row.contact?.name;
  return (
    <li className={`td-card ${classes.row}`} data-testid="callback">
      <div className={classes.who}>
        <strong className="td-clip">{name ? name : <PhoneNumber value={row.number} />}</strong>
        <Badge color={COLORS[row.state]} variant="light" tt="none" c="var(--td-text)">{t(`callback.state.${row.state}`)}</Badge>
        {name && <PhoneNumber value={row.number} />}
        <span className="td-muted">{row.queue ? row.queue.name : row.user && t("callback.mine", { name: row.user.name })}</span>
      </div>
      <div className={`td-muted ${classes.times}`}>
        <span>{t("callback.asked")} <RelativeTime at={row.asked_at} /></span>
        {row.due_at && <span>{t("callback.due")} <ExactTime at={row.due_at} /></span>}
        {row.attempts > 0 && <span>{t("callback.attempts", { count: row.attempts })}</span>}
        {row.called_by && <span>{t("callback.calledBy", { name: row.called_by.name })}</span>}
        {row.asked_in && may(me, "interactions.see") && <Anchor size="sm" component={Link} to={`/calls/${row.asked_in}`}>{t("callback.askedIn")}</Anchor>}
        {row.interaction_id && row.attempts > 0 && may(me, "interactions.see") && <Anchor size="sm" component={Link} to={`/calls/${row.interaction_id}`}>{t("callback.lastCall")}</Anchor>}
        {row.note && <span className="td-break">{row.note}</span>}
      </div>
      {edit && (
        <Group gap={4} className={classes.actions}>
          {row.state !== "waiting" && may(me, "calls.take") && (
            <Button size="xs" variant="light" leftSection={<IconPhoneOutgoing size={15} />} loading={call.isPending} onClick={() => call.mutate(row)}>{t("callback.call")}</Button>
          )}
          <Button size="xs" variant="subtle" leftSection={<IconCalendarTime size={15} />} aria-expanded={when !== null} onClick={() => setWhen(when === null ? "" : null)}>{t("callback.move")}</Button>
          <Button size="xs" variant="subtle" color="red" leftSection={<IconX size={15} />} loading={cancel.isPending} onClick={() => cancel.mutate(row)}>{t("callback.cancel")}</Button>
        </Group>
      )}
      {edit && when !== null && (
        <form
          className={classes.move}
          onSubmit={(event) => {
            event.preventDefault();
            const due_at = instantIn(when, me.user.time_zone);
            if (due_at) move.mutate({ row, due_at }, { onSuccess: () => setWhen(null) });
          }}
        >
          <TextInput type="datetime-local" required label={t("callback.when")} value={when} onChange={(event) => setWhen(event.currentTarget.value)} />
          <Button type="submit" loading={move.isPending}>{t("callback.save")}</Button>
        </form>
      )}
      <ProblemNote error={move.error ?? cancel.error ?? call.error} />
    </li>
  );
}
