import { IconEyeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Mentionable } from "@/shared/api/types";
import "@/shared/i18n/inbox";
import { mentionableQuery } from "../api/following";
import classes from "./Composer.module.css";
import { useFieldList } from "./useFieldList";

const NOBODY: Mentionable[] = [];

/** The colleagues who fit what was typed after the @; who may not read the conversation is shown as such. */
export default function Mentions({ conversationId, q, field, onPick }: { conversationId: Id; q: string; field: RefObject<HTMLTextAreaElement | null>; onPick: (one: Mentionable) => void }) {
  const { t } = useTranslation();
  const rows = useQuery(mentionableQuery(conversationId, q)).data ?? NOBODY;
  const { list, chosen } = useFieldList(field, rows, onPick);
  if (rows.length === 0) return null;
  return (
    <div className={classes.replies}>
      <div id={list} role="listbox" aria-label={t("mention.title")}>
        {rows.map((row, index) => (
          <div key={row.id} className={classes.replyLine} data-chosen={index === chosen || undefined}>
            <div id={`${list}-${index}`} role="option" aria-selected={index === chosen} className={classes.reply} onMouseDown={(event) => event.preventDefault()} onClick={() => onPick(row)}>
              <strong>@{row.name}</strong>{!row.reads && <span className={classes.blind}><IconEyeOff size={14} aria-hidden /> {t("mention.blind")}</span>}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
}
