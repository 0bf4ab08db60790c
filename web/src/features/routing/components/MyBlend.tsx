import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/floor";
import { myBlendingQuery } from "../api/blending";
import { BlendLine } from "./BlendLine";

/** The agent sees what comes to them, and why no callers do just now. As usual it says nothing. */
export default function MyBlend() {
  const { t } = useTranslation();
  const blend = useQuery(myBlendingQuery).data;
  if (!blend || blend.whose === "usual") return null;
  const waits = blend.rule.mode === "outbound_first" && blend.due > 0;
  return (
    <section>
      <h2>{t("blend.mine")}</h2>
      <BlendLine blend={blend} />
      {waits && <p className="td-muted">{t("blend.waitsFor", { count: blend.due })}</p>}
    </section>
  );
}
