import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { timelineQuery } from "@/features/crm/api/contacts";
import { useAccept, useDecline } from "@/features/routing/api/assignments";
import { OfferCard } from "@/features/routing/components/OfferCard";
import { soundAllowed } from "@/features/telephony/softphone/audio";
import { useSoftphone } from "@/features/telephony/softphone/context";
import type { Assignment, Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { serverNow } from "@/shared/format/clock";
import { relativeText } from "@/shared/format/time";

function LastContact({ contactId }: { contactId: string }) {
  const { t, i18n } = useTranslation();
  const query = useInfiniteQuery(timelineQuery(contactId));
  const last = query.data?.pages[0]?.items.find((entry) => entry.interaction?.result)?.interaction;
  if (!query.data) return null;
  if (!last?.result) return t("contact.first");
  return t("contact.last", { when: relativeText(last.started_at, i18n.language, serverNow()), what: last.disposition ?? t(`result.${last.result}`) });
}

/** Accepting answers the phone at once; telling the server says who meant it. What is written needs no phone. */
export function Offers({ offers, onAccept }: { offers: Assignment[]; onAccept: (id: Id) => void }) {
  const softphone = useSoftphone();
  const accept = useAccept();
  const decline = useDecline();
  const describe = useProblemText();
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  return offers.map((offer) => (
    <OfferCard
      key={offer.id} offer={offer} lastContact={offer.contact ? <LastContact contactId={offer.contact.id} /> : undefined}
      onAccept={() => {
        void soundAllowed();
        if (offer.channel === "voice") softphone?.answer(offer.id);
        onAccept(offer.id);
        accept.mutate(offer.id, failed);
      }}
      onDecline={(reason) => {
        // The phone refuses after the server knows why: else its refusal would be the answer, without the reason.
        decline.mutate({ id: offer.id, reason }, { ...failed, onSettled: () => offer.channel === "voice" && softphone?.reject(offer.id) });
      }}
    />
  ));
}
