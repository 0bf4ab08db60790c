import {
  IconAlertTriangle, IconBan, IconCircleCheck, IconMessage2, IconPhoneCall, IconPhoneOff, IconPhoneX, IconRobot, type IconProps,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import type { Result } from "@/shared/api/types";

const LOOK: Record<Result | "open", [ComponentType<IconProps>, string]> = {
  answered: [IconCircleCheck, "var(--ready)"],
  abandoned: [IconPhoneX, "var(--td-danger)"],
  short_abandon: [IconPhoneX, "var(--td-muted)"],
  voicemail: [IconMessage2, "var(--hold)"],
  self_service: [IconRobot, "var(--flow)"],
  no_answer: [IconPhoneOff, "var(--wrap_up)"],
  busy: [IconPhoneOff, "var(--wrap_up)"],
  failed: [IconAlertTriangle, "var(--td-danger)"],
  refused: [IconBan, "var(--td-danger)"],
  callback: [IconPhoneCall, "var(--offered)"],
  cancelled: [IconPhoneOff, "var(--td-muted)"],
  open: [IconPhoneCall, "var(--talking)"],
};

/** What became of a call; null: it still goes on. */
export function ResultBadge({ result }: { result: Result | null }) {
  const { t } = useTranslation();
  const shown = result ?? "open";
  const [Icon, color] = LOOK[shown] ?? LOOK.failed;
  return (
    <span style={{ display: "inline-flex", verticalAlign: "middle", lineHeight: 1.3, gap: 5, alignItems: "center", color, fontWeight: 550, minWidth: 0 }}>
      <Icon size={16} aria-hidden style={{ flex: "none" }} />
      <span className="td-clip">{t(`result.${shown}`)}</span>
    </span>
  );
}
