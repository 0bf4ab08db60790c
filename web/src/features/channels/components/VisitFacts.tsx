import "@/shared/i18n/chat";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Assignment } from "@/shared/api/types";
import { visitQuery } from "../api/visit";
import classes from "./VisitFacts.module.css";

/** What the page on which the customer chats tells of their visit. Anybody can make it up: it says so, and is text alone. */
export function VisitFacts({ row }: { row: Assignment }) {
  const { t, i18n } = useTranslation();
  const told = useQuery(visitQuery(row)).data?.told ?? [];
  if (told.length === 0) return null;
  const numbers = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 6 });
  const text = (value: string | number | boolean) => (typeof value === "boolean" ? t(value ? "chat.visit.yes" : "chat.visit.no") : typeof value === "number" ? numbers.format(value) : value || "–");
  return (
    <section className={classes.visit} aria-labelledby="visit-title">
      <h2 id="visit-title">{t("chat.visit.title")}</h2>
      <p className="td-muted">{t("chat.visit.hint")}</p>
      {/* However much a page tells, the customer's record stays in sight. */}
      <div className={classes.list} role="group" aria-labelledby="visit-title" tabIndex={0}>
        <dl>{told.map((one) => <div key={one.name}><dt dir="auto">{one.name}</dt><dd dir="auto">{text(one.value)}</dd></div>)}</dl>
      </div>
    </section>
  );
}
