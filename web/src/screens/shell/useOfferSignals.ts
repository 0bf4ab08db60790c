import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { assignmentsQuery } from "@/features/routing/api/assignments";
import { useWho } from "@/shared/format/who";
import { onRemoved } from "@/features/routing/realtime/assignments";
import { useSoftphone } from "@/features/telephony/softphone/context";
import { callForAttention } from "@/features/telephony/softphone/attention";
import { beep } from "@/features/telephony/softphone/ringer";
import { keyText } from "@/shared/actions/registry";
import { notice } from "@/shared/components/notices";

/**
 * An offer must be noticed wherever the agent looks: sound, the tab's title, a system notification when the page is not in
 * sight, and a sentence for the screen reader (returned, to stand in a live region).
 */
export function useOfferSignals(): string {
  const { t } = useTranslation();
  const who = useWho();
  const navigate = useNavigate();
  const softphone = useSoftphone();
  const offer = useQuery(assignmentsQuery).data?.find((row) => row.state === "offered");
  const id = offer?.id;
  const name = offer ? who(offer) : "";
  const queue = offer?.queue?.name ?? "";
  const auto = offer?.auto_answer === true;

  useEffect(() => {
    if (!id) return undefined;
    void navigate({ to: "/workspace" });
    if (auto) beep();
    return callForAttention({ tab: t("offer.tab", { who: name }), name, body: queue, tag: id, ring: !auto });
    // One offer, one signal: the words may change under it without ringing anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id]);

  useEffect(() => {
    if (id && auto) softphone?.answer(id);
  }, [id, auto, softphone]);

  useEffect(() => onRemoved((row, why) => {
    if (row.state === "offered" && why !== "done" && why !== "declined") notice(t(`offer.gone.${why}`), why === "expired" || why === "phone_unreachable" ? "bad" : "good");
  }), [t]);

  return offer ? t("offer.announce", { kind: t(`offer.${offer.direction}`), who: name, queue: queue || t(`direction.${offer.direction}`), key: keyText("Alt+A") }) : "";
}
