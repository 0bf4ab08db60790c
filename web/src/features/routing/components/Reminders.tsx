import "@/shared/i18n/callbacks";
import { Button } from "@mantine/core";
import { IconAlarm } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { ProblemNote } from "@/shared/components/Feedback";
import { phoneText } from "@/shared/format/phone";
import { useTopic } from "@/shared/realtime/context";
import { useSession } from "@/shared/session";
import { remindersQuery, useCallBack, useMove } from "../api/callbacks";
import classes from "./Callbacks.module.css";

const LATER_MS = 15 * 60_000;

/** The first promise that is due, above every screen, until it is kept or put off. */
export default function Reminders() {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  useTopic("callbacks");
  const row = useQuery(remindersQuery).data?.due[0];
  const call = useCallBack();
  const move = useMove();
  useActions([row ? { id: "callback.call", name: t("callback.call"), section: "call", hotkey: "Alt+P", perform: () => call.mutate(row) } : null]);
  if (!row) return null;
  return (
    <div className={classes.reminder} role="alert" data-testid="reminder">
      <IconAlarm size={18} aria-hidden />
      <strong>{t("callback.reminder", { who: row.contact?.name || phoneText(row.number, country) })}</strong>
      {row.note && <span className="td-break">{row.note}</span>}
      <Button size="xs" loading={call.isPending} onClick={() => call.mutate(row)}>{t("callback.call")} <kbd>{keyText("Alt+P")}</kbd></Button>
      <Button size="xs" variant="default" loading={move.isPending} onClick={() => move.mutate({ row, due_at: new Date(Date.now() + LATER_MS).toISOString() })}>{t("callback.later")}</Button>
      <ProblemNote error={call.error ?? move.error} />
    </div>
  );
}
