import "@/shared/i18n/callbacks";
import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Interaction } from "@/shared/api/types";
import { ResultBadge } from "@/shared/components/ResultBadge";
import { ExactTime } from "@/shared/components/Time";
import { may, useSession } from "@/shared/session";
import classes from "./Detail.module.css";

/** The callback that was asked for in a call, or that the call was, with all calls of the matter. */
export function CallbackOfCall({ callback, here }: { callback: NonNullable<Interaction["callback"]>; here: string }) {
  const { t } = useTranslation();
  const me = useSession();
  return (
    <section className={classes.card}>
      <h2>{t("callback.ofCall")}</h2>
      <dl className={classes.facts}>
        <dt>{t("callback.state")}</dt><dd>{t(`callback.state.${callback.state as "served"}`)}</dd>
        <dt>{t("callback.asked")}</dt><dd><ExactTime at={callback.asked_at} /></dd>
        {callback.due_at && <><dt>{t("callback.due")}</dt><dd><ExactTime at={callback.due_at} /></dd></>}
      </dl>
      <ol className={classes.steps}>
        {callback.calls.map((call) => (
          <li key={call.id}>
            {call.id === here ? <span aria-current="page"><ExactTime at={call.at} /></span> : <Anchor component={Link} to={`/calls/${call.id}`}><ExactTime at={call.at} /></Anchor>}{" "}
            <span className="td-muted">{t(`direction.${call.direction as "inbound"}`)}</span> {call.result && <ResultBadge result={call.result as Interaction["result"]} />}
          </li>
        ))}
      </ol>
      {may(me, "callbacks.see") && <Anchor component={Link} to="/callbacks" search={{ id: callback.id } as never}>{t("callback.open")}</Anchor>}
    </section>
  );
}
