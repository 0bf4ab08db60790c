import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, type RefObject, Suspense, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import "@/shared/i18n/inbox";
import { repliesQuery, useDeleteReply } from "../api/replies";
import classes from "./Composer.module.css";

const OwnReply = lazy(async () => ({ default: (await import("./OwnReply")).OwnReply }));

/** The canned replies that fit what was typed after the slash; the field keeps the caret, its arrows go through the list. */
export default function Replies({ conversationId, q, field, onPick }: { conversationId: Id; q: string; field: RefObject<HTMLTextAreaElement | null>; onPick: (text: string) => void }) {
  const { t } = useTranslation();
  const query = useQuery(repliesQuery(conversationId, q));
  const remove = useDeleteReply();
  const [at, setAt] = useState(0);
  const [making, setMaking] = useState(false);
  const list = useId();
  const rows = query.data ?? [];
  const chosen = Math.min(at, rows.length - 1);
  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  useEffect(() => {
    keys.current = (event) => {
      const row = rows[chosen];
      if (!row || event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") setAt((chosen + (event.key === "ArrowDown" ? 1 : rows.length - 1)) % rows.length);
      else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") onPick(row.text);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
  });
  useEffect(() => {
    const node = field.current;
    const listen = (event: KeyboardEvent) => keys.current(event);
    node?.addEventListener("keydown", listen, true);
    node?.setAttribute("aria-controls", list);
    return () => {
      node?.removeEventListener("keydown", listen, true);
      node?.removeAttribute("aria-controls");
      node?.removeAttribute("aria-activedescendant");
    };
  }, [field, list]);
  useEffect(() => {
    if (rows[chosen]) field.current?.setAttribute("aria-activedescendant", `${list}-${chosen}`);
    else field.current?.removeAttribute("aria-activedescendant");
  });
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
