import { useTranslation } from "react-i18next";
import type { Assignment } from "@/shared/api/types";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";

/** What to call the person on the line: name, else number, else that it is withheld. */
export function useWho(): (row: Assignment) => string {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  return (row) => row.contact?.name || (row.number ? phoneText(row.number.e164, country) : t("common.withheld"));
}
