import { ActionIcon } from "@mantine/core";
import { IconLinkOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Conversation, Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { RelativeTime } from "@/shared/components/Time";
import { useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { linksQuery, useLink } from "../api/links";
import { ConversationState } from "./ConversationRow";
import classes from "./Links.module.css";

/** With which conversations this one is linked; nothing where there is none. */
export function Links({ id, onOpen }: { id: Id; onOpen: (other: Id) => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const describe = useProblemText();
  const edits = may(useSession(), "interactions.edit");
  const found = useQuery(linksQuery(id)).data;
  const link = useLink(id);
  const set = (other: Id, linked: boolean) => link.mutateAsync({ other, linked }).catch((error: unknown) => {
    notice(describe(error), "bad");
    throw error;
  });
  const remove = (other: Conversation) => void set(other.id, false).then(() => undoable(t("links.removed"), t("common.undo"), () => void set(other.id, true).catch(() => undefined)), () => undefined);
  if (!found || (found.links.length === 0 && found.hidden === 0)) return null;
  return (
    <section className={classes.links} aria-labelledby="links-heading">
      <h3 id="links-heading" className={classes.heading}>{t("links.heading")}</h3>
      <ul className={classes.list}>
        {found.links.map(({ conversation }) => (
          <li key={conversation.id} className={classes.item}>
            <button type="button" className={classes.open} onClick={() => onOpen(conversation.id)}>
              <span className={classes.line}><strong className="td-clip">{who(conversation)}</strong><span className="td-muted"><RelativeTime at={conversation.last_at} /></span></span>
              <span className="td-clip td-muted">{conversation.subject || conversation.preview}</span>
              <ConversationState state={conversation.state} />
            </button>
            {edits && <ActionIcon variant="subtle" color="gray" size={32} aria-label={t("links.remove", { who: who(conversation) })} title={t("links.remove", { who: who(conversation) })} disabled={link.isPending} onClick={() => remove(conversation)}><IconLinkOff size={16} /></ActionIcon>}
          </li>
        ))}
      </ul>
      {found.hidden > 0 && <p className={`${classes.hidden} td-muted`}>{t("links.hidden", { count: found.hidden })}</p>}
    </section>
  );
}
