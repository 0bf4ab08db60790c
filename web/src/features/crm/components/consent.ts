import i18next, { type TFunction } from "i18next";
import type { Consent } from "@/shared/api/types";

/** Purposes and channels are the centre's own words; those that most have are told in the reader's language. */
const word = (group: "purpose" | "channel", own: string): string => {
  const key = `consent.${group}.${own.trim().toLowerCase()}`;
  return i18next.exists(key) ? i18next.t(key as "consent.purpose.marketing") : own;
};

/** "Agreed: marketing (phone calls)". */
export const consentText = (t: TFunction, consent: Consent): string =>
  t(`consent.${consent.state}`, { purpose: word("purpose", consent.purpose), channel: word("channel", consent.channel) });
