import { useTranslation } from "react-i18next";
import type { ContactRow } from "@/shared/api/types";
import { phoneText } from "@/shared/format/phone";
import { useSession } from "@/shared/session";

export function useContactName(): (row: Pick<ContactRow, "name" | "identities">) => string {
  const { t } = useTranslation();
  const country = useSession().tenant.country;
  return (row) => {
    const first = row.identities[0];
    return row.name || (first ? (first.kind === "phone" ? phoneText(first.value, country) : first.value) : t("contact.unnamed"));
  };
}
