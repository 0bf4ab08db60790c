import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useSession } from "@/shared/session";
import { phoneText } from "./phone";

interface Party {
  channel?: string;
  contact: { name: string } | null;
  peer_name: string;
  number: { e164: string } | null;
}

/** What to call the person on the line: the contact's name, else what the network calls them, else the number, else that it is withheld; who writes has no number. */
export function useWho(): (party: Party) => string {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  return (party) => nameOf(party) || (party.number ? phoneText(party.number.e164, country) : party.channel && party.channel !== "voice" ? t("common.visitor") : t("common.withheld"));
}

/** The name alone; empty when there is none. */
export const nameOf = (party: Party): string => party.contact?.name || party.peer_name;

/** What they told the flow; whether a PIN was right comes as a word, everything else as it was chosen or keyed. */
export const answerText = (t: TFunction, value: string): string => (value === "pin_verified" || value === "pin_failed" ? t(`answer.${value}`) : value);
