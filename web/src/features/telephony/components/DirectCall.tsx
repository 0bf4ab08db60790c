import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { IconMicrophone, IconMicrophoneOff, IconPhoneIncoming, IconPhoneOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { stateStyle } from "@/shared/components/StateBadge";
import { serverNow } from "@/shared/format/clock";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";
import { callForAttention } from "../softphone/attention";
import { soundAllowed } from "../softphone/audio";
import { useSoftphone, useSoftphoneState } from "../softphone/context";
import type { Caller } from "../softphone/sip";
import type { SoftphoneState } from "../softphone/store";
import classes from "./CallStrip.module.css";

type LegState = NonNullable<SoftphoneState["leg"]>["state"];

/** A call to this phone itself, which is nobody's offer: answered, refused and ended here, on every screen. Mounted anew for each state. */
export default function DirectCall({ state, caller }: { state: LegState; caller: Caller }) {
  const { t } = useTranslation();
  const phone = useSoftphone();
  const muted = useSoftphoneState().muted;
  const country = useSession().tenant.country;
  const [since] = useState(() => new Date(serverNow()).toISOString());
  const number = caller.number && phoneText(caller.number, country);
  const who = caller.name || number || t("common.withheld");
  const rings = state === "ringing";
  useEffect(() => (rings ? callForAttention({ tab: t("offer.tab", { who }), name: who, body: number, tag: "direct", ring: true }) : undefined), [rings, who, number, t]);
  const answer = () => {
    void soundAllowed();
    phone?.answer(null);
  };
  const decline = () => phone?.reject(null);
  const mute = () => phone?.mute(!muted);
  const hangUp = () => phone?.hangUp();
  useActions(rings ? [
    { id: "offer.accept", name: t("offer.accept"), section: "call", hotkey: "Alt+A", perform: answer },
    { id: "offer.decline", name: t("offer.decline"), section: "call", hotkey: "Alt+Q", perform: decline },
  ] : [
    { id: "call.mute", name: t(muted ? "call.unmute" : "call.mute"), section: "call", hotkey: "Alt+M", perform: mute },
    { id: "call.hangUp", name: t("call.hangUp"), section: "call", hotkey: "Alt+X", perform: hangUp },
  ]);
  const key = (name: string, hotkey: string) => `${name} (${keyText(hotkey)})`;
  return (
    <section className={classes.strip} style={stateStyle(rings ? "offered" : "talking")} aria-label={t(rings ? "offer.inbound" : "call.strip")}>
      {rings && <div className="td-visually-hidden" role="alert">{t("offer.announce", { kind: t("offer.inbound"), who, queue: number, key: keyText("Alt+A") })}</div>}
      <div className={classes.who}>
        <strong className="td-clip">{who}</strong>
        <span className={`td-clip ${classes.what}`}>{[t(rings ? "offer.inbound" : "state.talking"), caller.name && number].filter(Boolean).join(" · ")}</span>
      </div>
      <Elapsed since={since} className={classes.time} />
      <div className={classes.controls}>
        {rings ? (
          <>
            <Tooltip label={key(t("offer.accept"), "Alt+A")}><Button className={classes.answer} leftSection={<IconPhoneIncoming size={17} />} onClick={answer}>{t("offer.accept")}</Button></Tooltip>
            <Tooltip label={key(t("offer.decline"), "Alt+Q")}><Button variant="default" h={38} leftSection={<IconPhoneOff size={17} />} onClick={decline}>{t("offer.decline")}</Button></Tooltip>
          </>
        ) : (
          <>
            <Tooltip label={key(t(muted ? "call.unmute" : "call.mute"), "Alt+M")}>
              <ActionIcon size={38} variant="default" className={classes.mute} aria-pressed={muted} aria-label={t("call.mute")} onClick={mute}>{muted ? <IconMicrophoneOff size={19} /> : <IconMicrophone size={19} />}</ActionIcon>
            </Tooltip>
            <Button className={classes.hangUp} leftSection={<IconPhoneOff size={17} />} aria-label={t("call.hangUp")} onClick={hangUp}><span className={classes.hangUpText}>{t("call.hangUp")}</span></Button>
          </>
        )}
      </div>
    </section>
  );
}
