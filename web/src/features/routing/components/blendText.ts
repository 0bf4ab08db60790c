import type { TFunction } from "i18next";
import type { BlendRule } from "@/shared/api/types";
import { durationText } from "@/shared/format/time";

/** A rule in words. */
export function blendText(t: TFunction, language: string, rule: BlendRule): string {
  const parts = [
    rule.after_s == null ? null : t("blend.sayAfter", { time: durationText(rule.after_s, language) }),
    rule.under_level ? t("blend.sayLevel") : null,
  ].filter((part) => part !== null);
  const list = new Intl.ListFormat(language, { type: "disjunction" });
  const comes = parts.length > 0 ? `${t(`blend.mode.${rule.mode}`)}: ${list.format(parts)}` : t(`blend.mode.${rule.mode}`);
  const atOnce = [
    rule.chats_at_once == null ? null : t("blend.sayChats", { count: rule.chats_at_once }),
    rule.emails_at_once == null ? null : t("blend.sayEmails", { count: rule.emails_at_once }),
  ].filter((part) => part !== null);
  return [comes, ...atOnce].join(" · ");
}
