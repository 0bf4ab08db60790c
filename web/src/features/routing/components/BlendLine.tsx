import { useTranslation } from "react-i18next";
import type { AgentBlend } from "@/shared/api/types";
import "@/shared/i18n/floor";
import { blendText } from "./blendText";

/** A rule in one line: what comes, whose rule it is, what is due. */
export function BlendLine({ blend }: { blend: AgentBlend }) {
  const { t, i18n } = useTranslation();
  return (
    <span>
      {blendText(t, i18n.language, blend.rule)} <small className="td-muted">{t(`blend.whose.${blend.whose}`)}{blend.due > 0 ? ` · ${t("blend.due", { count: blend.due })}` : ""}</small>
    </span>
  );
}
