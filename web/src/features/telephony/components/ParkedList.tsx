import "@/shared/i18n/exchange";
import { Button } from "@mantine/core";
import { IconParking } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ParkedCall } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { parkedQuery, usePickUp } from "../api/exchange";
import classes from "./DialForm.module.css";

/** Who waits at a parking place, to be picked up by whoever is free; nothing while nobody does. */
export function ParkedList({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const country = useSession().tenant.country;
  const parked = useQuery(parkedQuery).data ?? [];
  const pickUp = usePickUp();
  const who = (one: ParkedCall) => one.peer.name || (one.peer.number ? phoneText(one.peer.number, country) : t("common.withheld"));
  if (parked.length === 0) return null;
  return (
    <section className={classes.last} aria-label={t("park.title")}>
      <h3><IconParking size={15} aria-hidden /> {t("park.title")}</h3>
      <ul>
        {parked.map((one) => (
          <li key={one.call_id} className={classes.parked}>
            <strong className="td-num">{one.slot}</strong>
            <span className={classes.whom}>
              <span className="td-clip">{who(one)}</span>
              <span className="td-muted td-clip"><Elapsed since={one.parked_at} />{one.parked_by && ` · ${t("park.by", { name: one.parked_by.name })}`}</span>
            </span>
            <Button
              size="xs" variant="light" aria-label={t("park.pickUpOf", { name: who(one), slot: one.slot })} loading={pickUp.isPending && pickUp.variables === one.call_id}
              onClick={() => pickUp.mutate(one.call_id, { onSuccess: onDone, onError: (error) => notice(describe(error), "bad") })}
            >
              {t("park.pickUp")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
