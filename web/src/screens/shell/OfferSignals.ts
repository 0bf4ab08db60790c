import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/chat";
import { assignmentsQuery, useAccept } from "@/features/routing/api/assignments";
import { useWho } from "@/shared/format/who";
import { onRemoved } from "@/features/routing/realtime/assignments";
import { useSoftphone } from "@/features/telephony/softphone/context";
import { callForAttention } from "@/features/telephony/softphone/attention";
import { beep } from "@/features/telephony/softphone/ringer";
import { keyText } from "@/shared/actions/registry";
import { notice } from "@/shared/components/notices";

/**
 * An offer must be noticed wherever the agent looks: sound, the tab's title, a system notification when the page is not in
 * sight, and a sentence for the screen reader (it stands in a live region). Nobody is offered anything before the first paint.
 */
export default function OfferSignals(): string {
  const { t } = useTranslation();
  const who = useWho();
  const navigate = useNavigate();
  const softphone = useSoftphone();
  const offer = useQuery(assignmentsQuery).data?.find((row) => row.state === "offered");
  const id = offer?.id;
  const name = offer ? who(offer) : "";
  const queue = offer?.queue?.name ?? "";
  const auto = offer?.auto_answer === true;
  const written = offer !== undefined && offer.channel !== "voice";
  const { mutate: accept } = useAccept();

  useEffect(() => {
    if (!id) return undefined;
    void navigate({ to: "/workspace" });
    // Who writes can wait a moment: a short tone, and no ringing.
    if (auto || written) beep();
    return callForAttention({ tab: t(written ? "chat.tab" : "offer.tab", { who: name }), name, body: queue, tag: id, ring: !auto && !written });
    // One offer, one signal: the words may change under it without ringing anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);

  useEffect(() => {
    if (!id || !auto) return;
    if (written) accept(id);
    else softphone?.answer(id);
  }, [id, auto, written, softphone, accept]);

  useEffect(() => onRemoved((row, why) => {
    if (row.state === "offered" && why !== "done" && why !== "declined") notice(row.channel === "voice" ? t(`offer.gone.${why}`) : t(`chat.gone.${why === "phone_unreachable" ? "expired" : why}`), why === "expired" || why === "phone_unreachable" ? "bad" : "good");
  }), [t]);

  if (offer && written) return t("chat.announce", { who: name, queue, key: keyText("Alt+A") });
  return offer ? t("offer.announce", { kind: t(`offer.${offer.direction}`), who: name, queue: queue || t(`direction.${offer.direction}`), key: keyText("Alt+A") }) : "";
}
