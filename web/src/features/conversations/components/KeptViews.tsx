import { ActionIcon, Button, Checkbox, Popover, Stack, TextInput } from "@mantine/core";
import { IconBookmark, IconBookmarkPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InboxView } from "@/shared/api/types";
import { ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { useDeleteView, useKeepView, viewsQuery } from "../api/inbox";
import { type Narrowed, narrowedOf, sameNarrowing } from "../narrowed";
import classes from "./Inbox.module.css";

/** Views under a name: one's own and everybody's. */
export function KeptViews({ value, onPick }: { value: Narrowed; onPick: (next: Narrowed) => void }) {
  const { t } = useTranslation();
  const me = useSession();
  const describe = useProblemText();
  const views = useQuery(viewsQuery).data ?? [];
  const remove = useDeleteView();
  const keep = useKeepView();
  if (views.length === 0) return null;
  const wrong = (error: unknown) => notice(describe(error), "bad");
  const deleteView = (view: InboxView) => remove.mutate(view.id, {
    onSuccess: () => undoable(t("inbox.saved.deleted", { name: view.name }), t("common.undo"), () => keep.mutate({ name: view.name, narrowing: narrowedOf(view), shared: view.user_id === null }, { onError: wrong })),
    onError: wrong,
  });
  return (
    <>
      <h2 className={classes.heading}>{t("inbox.saved")}</h2>
      <ul className={classes.views} aria-label={t("inbox.saved")}>
        {views.map((view) => (
          <li key={view.id} className={classes.kept}>
            <button type="button" className={classes.view} aria-current={sameNarrowing(narrowedOf(view), value) || undefined} onClick={() => onPick(narrowedOf(view))}>
              <IconBookmark size={17} aria-hidden /><span className="td-break">{view.name}</span>{view.user_id === null && <small>{t("inbox.saved.forAll")}</small>}
            </button>
            {(view.user_id !== null || may(me, "inbox_views.edit")) && <ActionIcon variant="subtle" color="gray" size={28} aria-label={t("inbox.saved.delete", { name: view.name })} onClick={() => deleteView(view)}><IconTrash size={15} /></ActionIcon>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Keeps what the list shows just now under a name. */
export function KeepView({ value }: { value: Narrowed }) {
  const { t } = useTranslation();
  const me = useSession();
  const keep = useKeepView();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate({ name: name.trim(), narrowing: value, shared }, {
      onSuccess: (view) => {
        setOpen(false);
        setName("");
        notice(t("inbox.saved.kept", { name: view.name }));
      },
    });
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={280}>
      <Popover.Target><ActionIcon size={36} variant="default" aria-expanded={open} aria-label={t("inbox.saved.keep")} title={t("inbox.saved.keep")} onClick={() => setOpen(!open)}><IconBookmarkPlus size={17} /></ActionIcon></Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput data-autofocus required maxLength={200} label={t("inbox.saved.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            {may(me, "inbox_views.edit") && <Checkbox label={t("inbox.saved.shared")} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />}
            <ProblemNote error={keep.error} />
            <Button type="submit" loading={keep.isPending} disabled={!name.trim()}>{t("inbox.saved.keep")}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
