import { Button } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Assignment } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/chat";
import { useKeep } from "../api/assignments";
import classes from "./Offer.module.css";

/** While a colleague is asked to take the customer over; says so when they do not. */
export function Handing({ row }: { row: Assignment }) {
  const { t } = useTranslation();
  const keep = useKeep();
  const asked = useRef<string | null>(null);
  const kept = useRef(false);
  const to = row.handing_to?.name ?? null;
  const open = row.state === "accepted";
  useEffect(() => {
    if (asked.current !== null && to === null && open && !kept.current) notice(t("chat.handBack", { who: asked.current }), "bad");
    if (to !== asked.current) kept.current = false;
    asked.current = to;
  }, [to, open, t]);
  if (to === null) return null;
  return (
    <div className={classes.handing} role="status">
      <IconArrowsExchange size={16} aria-hidden /><span>{t("chat.handing", { who: to })}</span>
      <Button
        variant="default" size="compact-md" loading={keep.isPending}
        onClick={() => {
          kept.current = true;
          keep.mutate(row.id);
        }}
      >{t("chat.keep")}</Button>
      <ProblemNote error={keep.error} />
    </div>
  );
}
