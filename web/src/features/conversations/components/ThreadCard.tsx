import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import "@/shared/i18n/chat";
import { Composer } from "./Composer";
import classes from "./Detail.module.css";
import { Thread } from "./Thread";

/** What was written, to be read after the chat; colleagues may still leave each other notes. */
export default function ThreadCard({ conversationId, customer }: { conversationId: Id; customer: string }) {
  const { t } = useTranslation();
  return (
    <section className={`${classes.card} ${classes.threadCard}`}>
      <h2>{t("chat.messages")}</h2>
      <Thread conversationId={conversationId} customer={customer} live={false} />
      <Composer conversationId={conversationId} customer={customer} mayWrite={false} />
    </section>
  );
}
