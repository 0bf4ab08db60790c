import { IconShieldCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/chat";

/** Beside a name: the channel has proof that it is this person. */
export function Verified({ of }: { of: { peer_verified: boolean } }) {
  const { t } = useTranslation();
  if (!of.peer_verified) return null;
  return <span className="td-verified" title={t("chat.verifiedHint")}><IconShieldCheck size={15} aria-hidden /> {t("chat.verified")}</span>;
}
