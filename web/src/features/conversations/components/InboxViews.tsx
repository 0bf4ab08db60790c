import { IconArchive, IconAt, IconBell, IconClockPause, IconClockPlay, IconHourglass, IconInbox, IconMail, IconMessages, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { InboxCounts } from "@/shared/api/types";
import "@/shared/i18n/inbox";
import { inboxCountsQuery } from "../api/inbox";
import { type View, VIEWS } from "../narrowed";
import classes from "./Inbox.module.css";

const ICONS = { mine: IconUser, waiting: IconHourglass, open: IconInbox, unread: IconMail, followed: IconBell, mentioned: IconAt, snoozed: IconClockPause, scheduled: IconClockPlay, closed: IconArchive, all: IconMessages };
const MOST = 999;

export const countText = (count: number): string => (count > MOST ? `${MOST}+` : String(count));

/** How many conversations a view has; of those that hold everything ever written nobody counts them. */
export function useCount(): (view: View) => number | undefined {
  const counts = useQuery(inboxCountsQuery).data;
  return (view) => (counts && view in counts ? counts[view as keyof InboxCounts] : undefined);
}

export function Views({ view, onPick }: { view: View | undefined; onPick: (view: View) => void }) {
  const { t } = useTranslation();
  const count = useCount();
  return (
    <ul className={classes.views} aria-label={t("inbox.views")}>
      {VIEWS.map((one) => {
        const Icon = ICONS[one];
        const many = count(one);
        return (
          <li key={one}>
            <button type="button" className={classes.view} aria-current={one === view || undefined} onClick={() => onPick(one)}>
              <Icon size={17} aria-hidden /><span>{t(`inbox.view.${one}`)}</span>{many ? <small className="td-num">{countText(many)}</small> : null}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
