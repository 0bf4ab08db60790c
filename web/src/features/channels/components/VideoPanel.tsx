import "@/shared/i18n/video";
import { Button, Popover, Stack, Text } from "@mantine/core";
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2, IconMicrophone, IconPhoneOff, IconVideo } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Assignment, Share } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { Loading, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import type { Wanted } from "@/shared/rtc/call";
import { sharesQuery, useAsk, useEndShare } from "../api/share";
import classes from "./Share.module.css";
import { useTopLayer } from "./useTopLayer";
import { rememberWanted } from "./wanted";

// Only who is in a call needs what carries one.
const CallView = lazy(() => import("./CallView"));

const videoOf = (all: Share[] | undefined): Share | undefined => all?.find((one) => one.kind === "video");

/** Asks the customer for a call, with one's camera or without. The key ends it, too. */
export function VideoButton({ row, keyClass }: { row: Assignment; keyClass?: string }) {
  const { t } = useTranslation();
  const share = videoOf(useQuery(sharesQuery(row)).data);
  const describe = useProblemText();
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  const [choosing, setChoosing] = useState(false);
  const ask = useAsk("video");
  const end = useEndShare();
  const open = share && share.state !== "over" ? share : null;
  const name = t(!open ? "video.ask" : open.state === "asked" ? "share.takeBack" : "video.end");
  useActions([{ id: "share.video", name, section: "call", hotkey: "Alt+V", perform: () => (open ? end.mutate(open.id, failed) : setChoosing((now) => !now)) }]);
  if (open) return null;
  const choose = (wanted: Wanted) => {
    rememberWanted(row.interaction_id, wanted);
    setChoosing(false);
    ask.mutate(row.id, failed);
  };
  return (
    <Popover opened={choosing} onChange={setChoosing} position="bottom-end" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button variant="default" aria-expanded={choosing} leftSection={<IconVideo size={16} />} loading={ask.isPending} onClick={() => setChoosing(!choosing)}>{name}<kbd className={keyClass}>{keyText("Alt+V")}</kbd></Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="group" aria-label={name}>
          <Text size="sm" c="dimmed">{t("video.choose")}</Text>
          <Button data-autofocus variant="default" justify="start" leftSection={<IconVideo size={16} />} onClick={() => choose("camera")}>{t("video.withCamera")}</Button>
          <Button variant="default" justify="start" leftSection={<IconMicrophone size={16} />} onClick={() => choose("microphone")}>{t("video.withSound")}</Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** While the customer is asked, and the call. */
export function VideoPanel({ row, who }: { row: Assignment; who: string }) {
  const { t } = useTranslation();
  const query = sharesQuery(row);
  const share = videoOf(useQuery(query).data);
  const queries = useQueryClient();
  const describe = useProblemText();
  const end = useEndShare();
  const [large, setLarge] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const on = share?.state === "on";
  useTopLayer(panel, large && on);
  const before = useRef(share);
  useEffect(() => {
    const was = before.current;
    before.current = share;
    if (!share || share.state !== "over" || share.ended_by === "agent" || was?.id !== share.id || was.state === "over") return;
    notice(t(`video.ended.${share.why ?? "lost"}`, { who }), share.why === "left" || share.why === "stopped" ? "good" : "bad");
  }, [share, who, t]);
  if (!share || share.state === "over") return null;
  const asked = share.state === "asked";
  const Size = large ? IconArrowsDiagonalMinimize2 : IconArrowsDiagonal;
  return (
    <section ref={panel} className={classes.panel} data-large={(large && on) || undefined} onKeyDown={(event) => event.key === "Escape" && setLarge(false)} aria-label={t("video.title", { who })}>
      <div className={classes.bar}>
        <IconVideo size={18} aria-hidden />
        <span role="status" className={classes.sentence}>{t(asked ? "video.asked" : "video.title", { who })}</span>
        {!asked && <Elapsed since={share.began_at ?? share.asked_at} />}
        <span className={classes.address} />
        {!asked && <Button variant="default" size="compact-md" leftSection={<Size size={15} />} aria-pressed={large} onClick={() => setLarge(!large)}>{t(large ? "share.smaller" : "share.larger")}</Button>}
        <Button variant="light" color="red" size="compact-md" leftSection={<IconPhoneOff size={15} />} loading={end.isPending} onClick={() => end.mutate(share.id, { onError: (error: unknown) => notice(describe(error), "bad") })}>{t(asked ? "share.takeBack" : "video.end")}</Button>
      </div>
      {!asked && (
        <Suspense fallback={<Loading rows={4} height={40} />}>
          <CallView shareId={share.id} interactionId={row.interaction_id} who={who} onOver={() => void queries.invalidateQueries({ queryKey: query.queryKey })} />
        </Suspense>
      )}
    </section>
  );
}
