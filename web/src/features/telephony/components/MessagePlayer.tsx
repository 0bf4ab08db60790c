import { ActionIcon, Slider } from "@mantine/core";
import { IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemNote } from "@/shared/components/Feedback";
import { clockText } from "@/shared/format/time";
import classes from "./MessagePlayer.module.css";
import "@/shared/i18n/exchange";

/** Plays a message. How long it is says the server: nothing of the sound is fetched before it is wanted. */
export function MessagePlayer({ source, seconds, label, onHeard }: { source: string; seconds: number; label: string; onHeard: () => void }) {
  const { t } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [failed, setFailed] = useState(false);
  const toggle = () => {
    setFailed(false);
    if (playing) audio.current?.pause();
    else void audio.current?.play().catch(() => setFailed(true));
  };
  const seek = (to: number) => {
    setAt(to);
    if (audio.current) audio.current.currentTime = to;
  };
  return (
    <div className={classes.player}>
      <audio ref={audio} preload="none" src={source} onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)} onEnded={onHeard} />
      <ActionIcon variant="light" size={34} aria-label={`${t(playing ? "player.pause" : "player.play")}: ${label}`} onClick={toggle}>{playing ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}</ActionIcon>
      <Slider className={classes.slider} size="sm" label={null} min={0} max={Math.max(seconds, at, 1)} step={0.1} value={at} thumbLabel={t("player.position", { at: clockText(at), of: clockText(seconds) })} onChange={seek} />
      <span className={`td-num ${classes.time}`}>{clockText(at)} / {clockText(seconds)}</span>
      {failed && <div className={classes.problem}><ProblemNote error={new Error("media")} retry={toggle} /></div>}
    </div>
  );
}
