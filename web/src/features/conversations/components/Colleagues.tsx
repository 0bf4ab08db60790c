import { IconEye, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useNow } from "@/shared/format/clock";
import { useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { heardQuery, tellHere } from "../api/inbox";
import classes from "./Inbox.module.css";

const AGAIN_MS = 8000;
const GONE_MS = 20_000;
const WRITES_MS = 12_000;

/** Which colleagues have this conversation open too, and who of them writes; they are told of oneself. */
export function Colleagues({ conversationId }: { conversationId: Id }) {
  const { t } = useTranslation();
  const me = useSession().user.id;
  const now = useNow();
  const heard = useQuery(heardQuery(conversationId)).data;
  useEffect(() => {
    const tell = () => document.visibilityState === "visible" && tellHere(conversationId, "reading");
    tell();
    const timer = setInterval(tell, AGAIN_MS);
    return () => clearInterval(timer);
  }, [conversationId]);
  const here = Object.values(heard).filter((one) => one.user.id !== me && now - one.at < GONE_MS);
  const writes = here.filter((one) => one.doing === "writing" && now - one.at < WRITES_MS);
  const names = (ones: typeof here) => ones.map((one) => one.user.name).join(", ");
  return (
    <div role="status">
      {writes.length > 0 ? <div className={classes.here}><IconPencil size={15} aria-hidden />{t("inbox.writes", { who: names(writes) })}</div>
        : here.length > 0 ? <div className={classes.here}><IconEye size={15} aria-hidden />{t("inbox.reads", { who: names(here) })}</div> : null}
    </div>
  );
}
