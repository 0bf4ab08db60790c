import "@/shared/i18n/share";
import { Button } from "@mantine/core";
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2, IconEye, IconEyeOff, IconEyeQuestion } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Assignment, Share } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { Loading, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { sharesQuery, useAsk, useEndShare } from "../api/share";
import classes from "./Share.module.css";
import { useTopLayer } from "./useTopLayer";

// What draws a page is as large as half the desktop: only who looks at one fetches it.
const SharedPage = lazy(() => import("./SharedPage"));

/** Asks the customer to show their page. The key stops it, too. */
export function ShareButton({ row, keyClass }: { row: Assignment; keyClass?: string }) {
  const { t } = useTranslation();
  const share = useQuery(sharesQuery(row)).data?.find((one) => one.kind === "cobrowse");
  const describe = useProblemText();
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  const ask = useAsk("cobrowse");
  const end = useEndShare();
  const open = share && share.state !== "over" ? share : null;
  const name = t(!open ? "share.ask" : open.state === "asked" ? "share.takeBack" : "share.stop");
  const perform = () => (open ? end.mutate(open.id, failed) : ask.mutate(row.id, failed));
  useActions([{ id: "share.page", name, section: "call", hotkey: "Alt+O", perform }]);
  if (open) return null;
  return <Button variant="default" leftSection={<IconEye size={16} />} loading={ask.isPending} onClick={perform}>{name}<kbd className={keyClass}>{keyText("Alt+O")}</kbd></Button>;
}

/** Says once how it ended, where that was not one's own doing. */
function useEndNotice(share: Share | undefined, who: string): void {
  const { t } = useTranslation();
  const before = useRef(share);
  useEffect(() => {
    const was = before.current;
    before.current = share;
    if (!share || share.state !== "over" || share.ended_by === "agent" || was?.id !== share.id || was.state === "over") return;
    notice(t(`share.ended.${share.why ?? "lost"}`, { who }), share.why === "left" ? "good" : "bad");
  }, [share, who, t]);
}

/** While the customer is asked, and the page while they show it. */
export function SharePanel({ row, who }: { row: Assignment; who: string }) {
  const { t } = useTranslation();
  const query = sharesQuery(row);
  const share = useQuery(query).data?.find((one) => one.kind === "cobrowse");
  const queries = useQueryClient();
  const describe = useProblemText();
  const end = useEndShare();
  const [large, setLarge] = useState(false);
  const [address, setAddress] = useState("");
  const panel = useRef<HTMLElement>(null);
  const shown = share?.state === "on";
  useTopLayer(panel, large && shown);
  useEndNotice(share, who);
  if (!share || share.state === "over") return null;
  const stop = () => end.mutate(share.id, { onError: (error: unknown) => notice(describe(error), "bad") });
  const asked = share.state === "asked";
  const Size = large ? IconArrowsDiagonalMinimize2 : IconArrowsDiagonal;
  return (
    <section ref={panel} className={classes.panel} data-large={(large && shown) || undefined} onKeyDown={(event) => event.key === "Escape" && setLarge(false)} aria-label={t("share.title", { who })}>
      <div className={classes.bar}>
        {asked ? <IconEyeQuestion size={18} aria-hidden /> : <IconEye size={18} aria-hidden />}
        <span role="status" className={classes.sentence}>{t(asked ? "share.asked" : "share.on", { who })}</span>
        {!asked && <Elapsed since={share.began_at ?? share.asked_at} />}
        <span className={`${classes.address} td-muted td-clip`}>{address}</span>
        {!asked && <Button variant="default" size="compact-md" leftSection={<Size size={15} />} aria-pressed={large} onClick={() => setLarge(!large)}>{t(large ? "share.smaller" : "share.larger")}</Button>}
        <Button variant="light" color="red" size="compact-md" leftSection={<IconEyeOff size={15} />} loading={end.isPending} onClick={stop}>{t(asked ? "share.takeBack" : "share.stop")}</Button>
      </div>
      {!asked && (
        <Suspense fallback={<Loading rows={4} height={40} />}>
          <SharedPage shareId={share.id} who={who} onAddress={setAddress} onOver={() => void queries.invalidateQueries({ queryKey: query.queryKey })} />
        </Suspense>
      )}
    </section>
  );
}
