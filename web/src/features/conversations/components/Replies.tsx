import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, type RefObject, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import "@/shared/i18n/inbox";
import { repliesQuery, useDeleteReply } from "../api/replies";
import classes from "./Composer.module.css";
import { useFieldList } from "./useFieldList";

const OwnReply = lazy(async () => ({ default: (await import("./OwnReply")).OwnReply }));

/** The canned replies that fit what was typed after the slash; the field keeps the caret, its arrows go through the list. */
export default function Replies({ conversationId, q, field, onPick }: { conversationId: Id; q: string; field: RefObject<HTMLTextAreaElement | null>; onPick: (text: string) => void }) {
  const { t } = useTranslation();
  const query = useQuery(repliesQuery(conversationId, q));
  const remove = useDeleteReply();
  const [making, setMaking] = useState(false);
  const rows = query.data ?? [];
  const { list, chosen } = useFieldList(field, rows, (row) => onPick(row.text));
  return (
    <div className={classes.replies}>
      <div id={list} role="listbox" aria-label={t("replies.title")}>
        {rows.map((row, index) => (
          <div key={row.id} className={classes.replyLine} data-chosen={index === chosen || undefined}>
            <div id={`${list}-${index}`} role="option" aria-selected={index === chosen} className={classes.reply} onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(row.text)}>
              <strong>/{row.code}</strong><span className="td-clip">{row.text}</span>{row.own && <small>{t("replies.own")}</small>}
            </div>
          </div>
        ))}
      </div>
      {query.data && rows.length === 0 && <p className={classes.noReply}>{t("replies.none")}</p>}
      <ProblemNote error={query.error ?? remove.error} />
      <div className={classes.replyTools}>
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={() => setMaking(true)}>{t("replies.new")}</Button>
        {rows[chosen]?.own && <ActionIcon size="sm" aria-label={t("replies.delete", { code: rows[chosen].code })} loading={remove.isPending} onClick={() => rows[chosen] && remove.mutate(rows[chosen].id)}><IconTrash size={15} /></ActionIcon>}
      </div>
      {making && <Suspense><OwnReply code={q} onClose={() => setMaking(false)} /></Suspense>}
    </div>
  );
}
