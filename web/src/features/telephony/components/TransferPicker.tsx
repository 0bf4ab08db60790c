import "@/shared/i18n/exchange";
import "@/shared/i18n/together";
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDoor, IconParking, IconPhone, IconRecordMail, IconRoute, IconUsers, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Call, Destination, DestinationRow } from "@/shared/api/types";
import { keyText } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { StateBadge } from "@/shared/components/StateBadge";
import { dialable, phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { usePark } from "../api/exchange";
import { type Aim, destinationsQuery, useTogether } from "../api/together";
import classes from "./Together.module.css";

interface Choice { key: string; name: string; at: Destination; row: DestinationRow | null }

const choiceOf = (t: TFunction) => (row: DestinationRow): Choice => ({ key: `${row.kind}-${row.id}`, name: row.kind === "voicemail" ? t("together.voicemailOf", { name: row.name }) : row.name, at: { kind: row.kind, id: row.id }, row });
/** Where nobody can be asked. */
const LINES = ["room", "flow", "voicemail"];

/** Whom the call can be given to, or who can be asked. Everything from the search field: arrows choose, Enter asks first. */
export default function TransferPicker({ call, onDone }: { call: Call; onDone: () => void }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession();
  const country = me.tenant.country;
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 150);
  const [active, setActive] = useState(0);
  const [listens, setListens] = useState(false);
  const query = useQuery(destinationsQuery(q));
  const wish = useTogether(call, me.user.id);
  const number = dialable(text, country);
  const typed: Choice[] = number ? [{ key: "number", name: phoneText(number, country), at: { kind: "number", number }, row: null }] : [];
  const choices = [...(query.data ?? []).map(choiceOf(t)), ...typed];
  const at = Math.min(active, choices.length - 1);
  const adding = call.together === "conference";
  const aims = (choice: Choice): Aim[] => (LINES.includes(choice.at.kind) ? (adding ? [] : ["transfer"]) : adding ? ["parties"] : ["consult", "transfer", "parties"]);
  const go = (choice: Choice | undefined, aim: Aim) => {
    if (!choice || wish.isPending || !aims(choice).includes(aim)) return;
    wish.mutate({ aim, at: aim === "parties" ? { ...choice.at, listens } : choice.at }, {
      onSuccess: () => {
        if (aim === "transfer") notice(choice.row?.kind === "voicemail" ? t("together.sentToBox", { name: choice.row.name }) : t("together.sent", { name: choice.name }));
        onDone();
      },
      onError: (error) => notice(describe(error), "bad"),
    });
  };
  const parking = usePark();
  const park = () => parking.mutate(call, {
    onSuccess: (after) => {
      notice(t("park.at", { slot: after.park_slot }));
      onDone();
    },
    onError: (error) => notice(describe(error), "bad"),
  });
  const onKey = (event: React.KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) setActive(Math.max(0, Math.min(choices.length - 1, at + move)));
    else if (event.key === "Enter") {
      const choice = choices[at];
      const wanted: Aim = event.ctrlKey || event.metaKey ? "transfer" : event.shiftKey ? "parties" : ((choice && aims(choice)[0]) ?? "consult");
      go(choice, wanted);
    } else return;
    event.preventDefault();
  };
  const words = { consult: t("together.ask"), transfer: t("together.handOver"), parties: t("together.add") };
  return (
    <div className={classes.picker}>
      <TextInput
        autoFocus data-autofocus value={text} placeholder={t("together.find")} aria-label={t("together.find")} onKeyDown={onKey} role="combobox" aria-expanded aria-controls="destinations"
        aria-activedescendant={choices[at] ? `destination-${choices[at].key}` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
      />
      {query.isPending ? <Loading rows={5} height={44} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : null}
      <ul id="destinations" className={classes.destinations} aria-label={t("call.send")}>
        {choices.map((choice, index) => (
          <li
            key={choice.key} id={`destination-${choice.key}`} className={classes.destination} data-active={index === at || undefined} onMouseEnter={() => setActive(index)}
            ref={(row) => {
              if (row && index === at) row.scrollIntoView({ block: "nearest" });
            }}
          >
            <div className={classes.whom}>
              <strong className="td-clip">{choice.name}</strong>
              <What choice={choice} />
            </div>
            <span className={classes.aims}>
              {aims(choice).map((aim) => (
                <Button key={aim} size="xs" variant={aim === aims(choice)[0] ? "light" : "default"} disabled={wish.isPending} onClick={() => go(choice, aim)} aria-label={`${words[aim]}: ${choice.name}`}>{words[aim]}</Button>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {query.data && choices.length === 0 && <p className="td-muted">{t("together.none")}</p>}
      <Checkbox className={classes.listens} checked={listens} onChange={(event) => setListens(event.currentTarget.checked)} label={t("together.addListener")} />
      {call.together === "none" && (
        <div className={classes.park}>
          <Button variant="default" leftSection={<IconParking size={17} />} loading={parking.isPending} onClick={park}>{t("park.park")}</Button>
          <span className={classes.hint}>{t("park.hint")}</span>
        </div>
      )}
      {!adding && <p className={classes.hint}>{t("together.hint", { handOver: keyText("Mod+Enter"), add: keyText("Shift+Enter") })}</p>}
    </div>
  );
}

function What({ choice }: { choice: Choice }) {
  const { t } = useTranslation();
  const row = choice.row;
  if (!row) return <span className={classes.what}><IconPhone size={15} aria-hidden /> {t("together.number")}</span>;
  if (row.kind === "queue") return <span className={classes.what}><IconUsers size={15} aria-hidden /> {t("together.queue")} · {t("together.waiting", { count: row.waiting ?? 0 })}</span>;
  if (row.kind === "group") return <span className={classes.what}><IconUsersGroup size={15} aria-hidden /> {t("together.group")} <span className="td-num">{row.extension}</span></span>;
  if (row.kind === "room") return <span className={classes.what}><IconDoor size={15} aria-hidden /> {t("together.room")} <span className="td-num">{row.extension}</span></span>;
  if (row.kind === "flow") return <span className={classes.what}><IconRoute size={15} aria-hidden /> {t("together.flow")}</span>;
  if (row.kind === "voicemail") return <span className={classes.what}><IconRecordMail size={15} aria-hidden /> {t("together.voicemail")} {row.extension && <span className="td-num">{row.extension}</span>}</span>;
  return (
    <span className={classes.what}>
      <StateBadge state={row.state ?? "offline"}>{row.since && row.state !== "offline" && <Elapsed since={row.since} />}</StateBadge>
      {row.extension && <span className="td-num">{row.extension}</span>}
    </span>
  );
}
