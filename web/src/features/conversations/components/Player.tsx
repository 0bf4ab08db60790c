import { ActionIcon, Button, Group, SegmentedControl, Slider, Text } from "@mantine/core";
import { IconDownload, IconPlayerPauseFilled, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { url } from "@/shared/api/client";
import type { Recording } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { bytesText, clockText } from "@/shared/format/time";
import { peaksQuery } from "../api/interactions";
import classes from "./Detail.module.css";
import { Waveform } from "./Waveform";
import "@/shared/i18n/exchange";

export interface PlayerHandle { seek: (seconds: number) => void }
type Listen = "both" | "customer" | "agent";

/** Routes the two recorded channels: both in the middle, or one voice alone. Made at the first play (browsers insist). */
function route(audio: HTMLAudioElement): (listen: Listen) => void {
  const context = new AudioContext();
  const split = context.createChannelSplitter(2);
  const gains = [context.createGain(), context.createGain()] as const;
  context.createMediaElementSource(audio).connect(split);
  gains.forEach((gain, channel) => split.connect(gain, channel).connect(context.destination));
  void context.resume();
  return (listen) => {
    gains[0].gain.value = listen === "agent" ? 0 : 1;
    gains[1].gain.value = listen === "customer" ? 0 : 1;
  };
}

/** Plays a recording. Opening it is written to the audit log by the server, so nothing loads before it is wanted. */
export function Player({ recording, audioUrl, ref }: { recording: Recording; audioUrl?: string; ref?: Ref<PlayerHandle> }) {
  const { t, i18n } = useTranslation();
  const audio = useRef<HTMLAudioElement>(null);
  const router = useRef<((listen: Listen) => void) | null>(null);
  const [source, setSource] = useState<string>();
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [rate, setRate] = useState("1");
  const [listen, setListen] = useState<Listen>("both");
  const [failed, setFailed] = useState(false);
  const peaks = useQuery(peaksQuery(recording.id));
  const address = audioUrl ?? url(`/recordings/${recording.id}/audio`);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = Number(rate);
  }, [rate, source]);
  useEffect(() => router.current?.(listen), [listen]);

  const play = async () => {
    const element = audio.current;
    if (!element) return;
    setFailed(false);
    if (!source) {
      element.src = address;
      setSource(address);
      if (recording.channels.length > 1) {
        router.current = route(element);
        router.current(listen);
      }
      element.currentTime = at;
    }
    try {
      await element.play();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) setFailed(true);
    }
  };
  const seek = (seconds: number) => {
    const place = Math.min(Math.max(0, seconds), recording.duration_s);
    setAt(place);
    if (audio.current && source) audio.current.currentTime = place;
  };
  useImperativeHandle(ref, () => ({ seek }));
  const speaking = t("player.position", { at: clockText(at), of: clockText(recording.duration_s) });
  return (
    <div className={classes.player}>
      {peaks.data && <Waveform peaks={peaks.data} at={at / recording.duration_s} listen={listen} onSeek={(share) => seek(share * recording.duration_s)} />}
      <audio ref={audio} preload="none" onPlay={() => setPlaying(true)} onPause={() => setPlaying(false)} onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)} onError={() => source && setFailed(true)} />
      <Group gap="sm" wrap="wrap">
        <ActionIcon size={40} radius="xl" variant="filled" color="tide" aria-label={t(playing ? "player.pause" : "player.play")} onClick={() => (playing ? audio.current?.pause() : void play())}>
          {playing ? <IconPlayerPauseFilled size={18} /> : <IconPlayerPlayFilled size={18} />}
        </ActionIcon>
        <Text className="td-num" miw={96}>{clockText(at)} / {clockText(recording.duration_s)}</Text>
        <Slider flex="1 1 120px" label={null} thumbLabel={speaking} value={at} max={recording.duration_s} step={1} onChange={seek} />
        {recording.channels.length > 1 && (
          <SegmentedControl size="xs" aria-label={t("player.listen")} value={listen} onChange={(next) => setListen(next as Listen)} data={(["both", "customer", "agent"] as const).map((value) => ({ value, label: t(`player.${value}`) }))} />
        )}
        <SegmentedControl size="xs" aria-label={t("player.rate")} value={rate} onChange={setRate} data={["1", "1.5", "2"].map((value) => ({ value, label: `${value}×` }))} />
        <Button component="a" href={address} download variant="subtle" leftSection={<IconDownload size={16} />}>{recording.size ? bytesText(recording.size, i18n.language) : t("common.download")}</Button>
      </Group>
      {failed && <ProblemNote error={new Error("media")} retry={() => void play()} />}
      <Text size="xs" c="dimmed">{t("player.audited")}</Text>
    </div>
  );
}
