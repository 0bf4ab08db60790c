import { Button, CloseButton, Popover, Stack, TagsInput } from "@mantine/core";
import { IconArrowBackUp, IconClockPause, IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationChange, Id } from "@/shared/api/types";
import type { Choosing } from "@/shared/choosing";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import "@/shared/i18n/inbox";
import { tagsQuery, useChangeMany } from "../api/inbox";
import classes from "./Inbox.module.css";
import { Later } from "./Later";
import { MOST } from "./Marks";

/** What can be done with the conversations that were chosen; all of it can be undone. */
export function Many({ choosing, shown }: { choosing: Choosing; shown: number }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const change = useChangeMany();
  const [open, setOpen] = useState<"tags" | "later" | null>(null);
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const known = useQuery({ ...tagsQuery, enabled: open === "tags" }).data ?? [];
  const count = choosing.chosen.size;
  const why = (code: string) => t(code === "not_in_state" || code === "too_many_tags" ? `inbox.why.${code}` : "inbox.why.not_yours");
  const apply = (what: Omit<ConversationChange, "id">) => {
    setOpen(null);
    change.mutate([...choosing.chosen].map((id: Id) => ({ id, ...what })), {
      onSuccess: ({ before, refused }) => {
        if (before.length > 0) undoable(t("inbox.many.done", { count: before.length }), t("common.undo"), () => change.mutate(before, { onError: (error) => notice(describe(error), "bad") }));
        for (const code of new Set(refused.map((one) => one.code))) notice(t("inbox.many.refused", { count: refused.filter((one) => one.code === code).length, why: why(code) }), "bad");
        setAdd([]);
        setRemove([]);
        choosing.clear();
      },
    });
  };
  const toggle = (what: "tags" | "later") => setOpen(open === what ? null : what);
  return (
    <div role="group" aria-label={t("inbox.choose")} className={classes.many}>
      <div role="status" className={classes.manyCount}><strong>{t("inbox.chosen", { count })}</strong></div>
      <Popover opened={open === "tags"} onChange={(on) => setOpen(on ? "tags" : null)} position="bottom-start" trapFocus returnFocus width={300}>
        <Popover.Target><Button variant="default" px={10} aria-expanded={open === "tags"} disabled={count === 0} leftSection={<IconTag size={16} />} loading={change.isPending} onClick={() => toggle("tags")}>{t("inbox.many.tags")}</Button></Popover.Target>
        <Popover.Dropdown>
          <Stack gap={10} role="group" aria-label={t("inbox.many.change")}>
            <TagsInput data-autofocus label={t("inbox.many.add")} openOnFocus={false} maxTags={MOST} maxLength={40} splitChars={[","]} comboboxProps={{ withinPortal: false }} data={known} value={add} onChange={setAdd} />
            <TagsInput label={t("inbox.many.remove")} openOnFocus={false} maxTags={MOST} maxLength={40} splitChars={[","]} comboboxProps={{ withinPortal: false }} data={known} value={remove} onChange={setRemove} />
            <Button disabled={add.length + remove.length === 0} onClick={() => apply({ add, remove })}>{t("inbox.many.change")}</Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Popover opened={open === "later"} onChange={(on) => setOpen(on ? "later" : null)} position="bottom-start" trapFocus returnFocus width={260}>
        <Popover.Target><Button variant="default" px={10} aria-expanded={open === "later"} disabled={count === 0} leftSection={<IconClockPause size={16} />} loading={change.isPending} onClick={() => toggle("later")}>{t("inbox.snooze")}</Button></Popover.Target>
        <Popover.Dropdown><Later onPick={(snoozed_until) => apply({ add: [], remove: [], snoozed_until })} /></Popover.Dropdown>
      </Popover>
      <Button variant="default" px={10} disabled={count === 0} leftSection={<IconArrowBackUp size={16} />} loading={change.isPending} onClick={() => apply({ add: [], remove: [], snoozed_until: null })}>{t("inbox.wake")}</Button>
      {shown > count && <Button variant="subtle" px={10} onClick={choosing.all}>{t("inbox.chooseAll")}</Button>}
      <CloseButton aria-label={t("inbox.chooseNone")} onClick={choosing.clear} />
      <ProblemNote error={change.error} />
    </div>
  );
}
