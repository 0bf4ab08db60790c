import { IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { LookAtExchange } from "@/shared/components/Exchange";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/assistant";
import classes from "./Thread.module.css";

/** Beside a message that the assistant wrote: that it did, and for who may, what it was told. */
export default function Written({ exchange }: { exchange: Id }) {
  const { t } = useTranslation();
  const me = useSession();
  return (
    <span className={classes.mark}>
      <IconSparkles size={14} aria-hidden /> {t("assistant.wrote")}
      {may(me, "assistant.read") && <LookAtExchange id={exchange} label={t("assistant.told")} />}
    </span>
  );
}
