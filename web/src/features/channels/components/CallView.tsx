import { Button } from "@mantine/core";
import { IconMicrophone, IconMicrophoneOff, IconScreenShare, IconScreenShareOff, IconVideo, IconVideoOff } from "@tabler/icons-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import type { Call } from "@/shared/rtc/call";
import classes from "./Video.module.css";
import { useCall } from "./useCall";

export default function CallView({ shareId, interactionId, who, onOver }: { shareId: Id; interactionId: Id; who: string; onOver: () => void }) {
  const call = useCall(shareId, interactionId, onOver);
  return call ? <Shown call={call} who={who} /> : <div className={classes.stage} />;
}

/** The customer's picture large, one's own small; what one gives is switched here, and nothing is on that does not say so. */
function Shown({ call, who }: { call: Call; who: string }) {
  const { t } = useTranslation();
  const { state, remote, theirs, mine, own, problem } = useSyncExternalStore(call.subscribe, () => call.state);
  const picture = useRef<HTMLVideoElement>(null);
  const mirror = useRef<HTMLVideoElement>(null);
  const [silent, setSilent] = useState(false);
  const play = () => void picture.current?.play().then(() => setSilent(false), (error: unknown) => setSilent(error instanceof DOMException && error.name === "NotAllowedError"));
  useEffect(() => {
    if (!picture.current || !remote) return;
    picture.current.srcObject = remote;
    void picture.current.play().then(() => setSilent(false), (error: unknown) => setSilent(error instanceof DOMException && error.name === "NotAllowedError"));
  }, [remote]);
  useEffect(() => {
    if (mirror.current) mirror.current.srcObject = own ? new MediaStream([own]) : null;
  }, [own]);
  const said = state === "waiting" ? t("video.waiting", { who }) : state === "lost" ? t("video.lost") : !theirs.video ? t(theirs.audio ? "video.soundAlone" : "video.listens", { who }) : null;
  return (
    <div className={classes.call}>
      <div className={classes.stage}>
        <video ref={picture} className={classes.picture} data-hidden={!theirs.video || undefined} autoPlay playsInline aria-label={t("video.of", { who })} />
        {own && <video ref={mirror} className={classes.own} data-mirrored={mine.video === "camera" || undefined} autoPlay playsInline muted aria-label={t("video.own")} />}
        <div className={classes.said} role="status">{said && <span>{said}</span>}</div>
      </div>
      {problem && <p role="alert" className={classes.problem}>{t(`video.problem.${problem}`)}</p>}
      <div className={classes.deeds} role="group" aria-label={t("video.mine")}>
        {silent && <Button onClick={play}>{t("video.hear")}</Button>}
        <Button variant="default" aria-pressed={mine.audio} leftSection={mine.audio ? <IconMicrophone size={16} /> : <IconMicrophoneOff size={16} />} onClick={() => void call.toggleSound()}>{t(mine.audio ? "video.mute" : "video.speak")}</Button>
        <Button variant="default" aria-pressed={call.filming} leftSection={call.filming ? <IconVideo size={16} /> : <IconVideoOff size={16} />} onClick={() => void call.toggleCamera()}>{t(call.filming ? "video.cameraOff" : "video.cameraOn")}</Button>
        <Button variant="default" aria-pressed={mine.video === "screen"} leftSection={mine.video === "screen" ? <IconScreenShareOff size={16} /> : <IconScreenShare size={16} />} onClick={() => void call.toggleScreen()}>{t(mine.video === "screen" ? "video.screenOff" : "video.screenOn")}</Button>
      </div>
    </div>
  );
}
