import { Button, Popover, TagsInput } from "@mantine/core";
import { IconBell, IconBellFilled, IconClockPause, IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Conversation } from "@/shared/api/types";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { exactText } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { useFollowing } from "../api/following";
import { tagsQuery, useSnooze, useTag } from "../api/inbox";
import { Later } from "./Later";

export const MOST = 20;

export function TagButton({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const tag = useTag();
  const [open, setOpen] = useState(false);
  const known = useQuery({ ...tagsQuery, enabled: open }).data ?? [];
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={300}>
      <Popover.Target><Button variant="default" px={10} aria-expanded={open} leftSection={<IconTag size={16} />} onClick={() => setOpen(!open)}>{t("inbox.tags")}</Button></Popover.Target>
      <Popover.Dropdown>
        <TagsInput data-autofocus label={t("inbox.tags")} maxTags={MOST} maxLength={40} splitChars={[","]} comboboxProps={{ withinPortal: false }} data={known} value={row.tags} onChange={(tags) => tag.mutate({ id: row.id, tags })} />
        <ProblemNote error={tag.error} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Puts a conversation aside until a time; it comes back by itself, or when the customer writes. */
export function SnoozeButton({ row }: { row: Conversation }) {
  const { t, i18n } = useTranslation();
  const zone = useSession().user.time_zone;
  const snooze = useSnooze();
  const describe = useProblemText();
  const [open, setOpen] = useState(false);
  const possible = row.state === "open" || row.state === "closed";
  const bring = () => snooze.mutate({ id: row.id, until: null }, { onError: (error) => notice(describe(error), "bad") });
  const put = (until: string) => {
    setOpen(false);
    snooze.mutate({ id: row.id, until }, {
      onSuccess: () => undoable(t("inbox.snoozed", { when: exactText(until, i18n.language, zone) }), t("common.undo"), bring),
      onError: (error) => notice(describe(error), "bad"),
    });
  };
  useActions([possible ? { id: "inbox.snooze", name: t("inbox.snooze"), section: "general", hotkey: "E", perform: () => (row.snoozed_until ? bring() : setOpen(true)) } : null]);
  if (!possible) return null;
  if (row.snoozed_until) return <Button variant="default" px={10} leftSection={<IconClockPause size={16} />} loading={snooze.isPending} onClick={bring}>{t("inbox.wake")}</Button>;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={260}>
      <Popover.Target><Button variant="default" px={10} aria-expanded={open} leftSection={<IconClockPause size={16} />} loading={snooze.isPending} onClick={() => setOpen(!open)}>{t("inbox.snooze")} <kbd className="td-muted">&nbsp;{keyText("E")}</kbd></Button></Popover.Target>
      <Popover.Dropdown>
        <Later onPick={put} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** One's own list of what others have: one is told what is written there. */
export function FollowButton({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const follow = useFollowing();
  const name = t(row.following ? "follow.stop" : "follow.start");
  const toggle = () => follow.mutate({ id: row.id, following: !row.following }, { onSuccess: (now) => now.following && notice(t("follow.started")), onError: (error) => notice(describe(error), "bad") });
  useActions([{ id: "inbox.follow", name, section: "general", hotkey: "F", perform: toggle }]);
  return <Button variant="default" px={10} aria-pressed={row.following} title={`${name} (${keyText("F")})`} leftSection={row.following ? <IconBellFilled size={16} /> : <IconBell size={16} />} loading={follow.isPending} onClick={toggle}>{t(row.following ? "follow.on" : "follow.start")}</Button>;
}
