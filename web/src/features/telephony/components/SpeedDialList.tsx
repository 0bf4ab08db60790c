import "@/shared/i18n/exchange";
import { VisuallyHidden } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { speedDialsQuery } from "../api/exchange";
import classes from "./DialForm.module.css";

/** My own numbers, one press each; nothing while there are none. */
export function SpeedDialList({ onDial }: { onDial: (to: string) => void }) {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  const dials = useQuery(speedDialsQuery).data ?? [];
  if (dials.length === 0) return null;
  return (
    <section className={classes.last} aria-label={t("speed.title")}>
      <h3><IconBolt size={15} aria-hidden /> {t("speed.title")}</h3>
      <ul>
        {dials.map((one) => {
          const number = phoneText(one.number, country);
          return (
            <li key={one.digit}>
              <button type="button" onClick={() => onDial(one.number)}>
                <VisuallyHidden>{t("dial.call")} </VisuallyHidden>
                <span className="td-clip"><span className="td-muted td-num">{one.digit}</span> {one.name || number}</span>
                {one.name && <span className="td-muted td-num">{number}</span>}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
