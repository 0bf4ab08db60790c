import "@/shared/i18n/together";
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import {
  IconArrowBackUp, IconArrowsExchange, IconCrown, IconDoorExit, IconEar, IconEarOff, IconMicrophone, IconMicrophoneOff, IconPhoneOff, IconPhoneOutgoing, IconPlayerPause, IconPlayerPlay, IconUser, IconUsersGroup,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Call, Party } from "@/shared/api/types";
import { keyText, useActions } from "@/shared/actions/registry";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { stateStyle } from "@/shared/components/StateBadge";
import { useSession } from "@/shared/session";
import { type PartyCommand, type Together, useTogether } from "../api/together";
import classes from "./Together.module.css";

const STATE = { ringing: "offered", talking: "talking", held: "hold" } as const;
const nameOf = (party: Party): string => party.name || party.national || party.number || party.queue?.name || "";
/** No agent of the queue is free yet. */
const sought = (party: Party): boolean => party.queue !== null && party.user_id === null;

/** Those on the call beside customer and agent, and what can be done with them. Who was called in may only leave. */
export default function TogetherBar({ call, mine }: { call: Call; mine: boolean }) {
  const { t } = useTranslation();
  const describe = useProblemText();
  const me = useSession().user.id;
  const wish = useTogether(call, me);
  const go = (what: Together) => wish.mutate(what, { onError: (error) => notice(describe(error), "bad") });
  const consult = call.together === "consult";
  const other = call.parties[0];
  const here = other !== undefined && other.state !== "ringing";
  const asking = mine && consult && other !== undefined;
  const sentence = mine ? t(!consult ? "together.conference" : call.on_hold_since ? "together.consult" : "together.swapped") : t("together.helping", { name: call.agent?.name ?? "" });
  const give = other ? t(here ? "together.give" : other.queue ? "together.giveQueue" : "together.giveRinging", { name: (!here && other.queue?.name) || nameOf(other) }) : "";
  useActions([
    asking ? { id: "together.complete", name: give, section: "call", hotkey: "Alt+G", perform: () => go({ consult: "complete" }) } : null,
    asking && here ? { id: "together.swap", name: t("together.swap"), section: "call", hotkey: "Alt+S", perform: () => go({ consult: "swap" }) } : null,
    asking && here ? { id: "together.merge", name: t("together.merge"), section: "call", hotkey: "Alt+J", perform: () => go({ consult: "merge" }) } : null,
    asking ? { id: "together.cancel", name: t("together.back"), section: "call", hotkey: "Alt+B", perform: () => go({ consult: "cancel" }) } : null,
    mine && !consult ? { id: "together.leave", name: t("together.leave"), section: "call", hotkey: "Alt+L", perform: () => go({ leave: true }) } : null,
  ]);
  const title = (name: string, key: string) => `${name} (${keyText(key)})`;
  return (
    <section className={classes.bar} aria-label={sentence}>
      <span className={classes.sentence} role="status">{sentence}</span>
      <ul className={classes.parties}>
        <li className={classes.party} style={stateStyle(call.on_hold_since ? "hold" : "talking")}>
          <IconUser size={16} aria-hidden /> <span className="td-clip">{t("together.customer")}</span> <em>{t(call.on_hold_since ? "together.held" : "together.talking")}</em>
        </li>
        {call.parties.map((party) => (
          <li key={party.id} className={classes.party} style={stateStyle(STATE[party.state])}>
            <IconUser size={16} aria-hidden /> <span className="td-clip">{nameOf(party)}</span> <em>{party.listens ? t("together.listens") : party.muted ? t("together.muted") : t(sought(party) ? "together.sought" : `together.${party.state}`)}</em>
            {mine && <Deeds party={party} conference={!consult} busy={wish.isPending} go={go} />}
          </li>
        ))}
      </ul>
      <span className={classes.deeds}>
        {asking && (
          <>
            <Tooltip label={title(give, "Alt+G")}><Button leftSection={<IconPhoneOutgoing size={17} />} loading={wish.isPending} onClick={() => go({ consult: "complete" })}>{give}</Button></Tooltip>
            {here && <Tooltip label={title(t("together.swap"), "Alt+S")}><Button variant="default" disabled={wish.isPending} leftSection={<IconArrowsExchange size={17} />} onClick={() => go({ consult: "swap" })}>{t("together.swap")}</Button></Tooltip>}
            {here && <Tooltip label={title(t("together.merge"), "Alt+J")}><Button variant="default" disabled={wish.isPending} leftSection={<IconUsersGroup size={17} />} onClick={() => go({ consult: "merge" })}>{t("together.merge")}</Button></Tooltip>}
            <Tooltip label={title(t("together.back"), "Alt+B")}><Button variant="default" disabled={wish.isPending} leftSection={<IconArrowBackUp size={17} />} onClick={() => go({ consult: "cancel" })}>{t("together.back")}</Button></Tooltip>
          </>
        )}
        {mine && !consult && <Tooltip label={title(t("together.leave"), "Alt+L")}><Button variant="default" disabled={wish.isPending} leftSection={<IconDoorExit size={17} />} onClick={() => go({ leave: true })}>{t("together.leave")}</Button></Tooltip>}
      </span>
    </section>
  );
}

function Deeds({ party, conference, busy, go }: { party: Party; conference: boolean; busy: boolean; go: (wish: Together) => void }) {
  const { t } = useTranslation();
  const name = nameOf(party);
  const deed = (command: PartyCommand, icon: React.ReactNode) => (
    <Tooltip label={t(`together.${command}`, { name })}>
      <ActionIcon size={30} variant="subtle" color="gray" disabled={busy} aria-label={t(`together.${command}`, { name })} onClick={() => go({ party, command })}>{icon}</ActionIcon>
    </Tooltip>
  );
  return (
    <>
      {conference && party.state !== "ringing" && !party.listens && deed(party.muted ? "unmute" : "mute", party.muted ? <IconMicrophoneOff size={16} /> : <IconMicrophone size={16} />)}
      {conference && party.state !== "ringing" && deed(party.state === "held" ? "resume" : "hold", party.state === "held" ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />)}
      {conference && deed(party.listens ? "speak" : "listen", party.listens ? <IconEarOff size={16} /> : <IconEar size={16} />)}
      {conference && party.state === "talking" && party.user_id && deed("lead", <IconCrown size={16} />)}
      {conference && deed("drop", <IconPhoneOff size={16} />)}
    </>
  );
}
