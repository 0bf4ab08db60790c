import { Tooltip } from "@mantine/core";
import { IconBell, IconClipboardCheck, IconHourglass, IconMessage2, IconPhoneCall, IconPlayerPause, IconRoute, IconUsersGroup } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Segment, SegmentKind } from "@/shared/api/types";
import { stateStyle } from "@/shared/components/StateBadge";
import { clockText } from "@/shared/format/time";
import classes from "./Detail.module.css";

const LOOK: Record<SegmentKind, [string, typeof IconBell]> = {
  flow: ["flow", IconRoute], wait: ["not_ready", IconHourglass], ring: ["offered", IconBell], talk: ["talking", IconPhoneCall], hold: ["hold", IconPlayerPause], voicemail: ["flow", IconMessage2], wrap_up: ["wrap_up", IconClipboardCheck], help: ["talking", IconUsersGroup],
};
export const lengthOf = (segment: Segment, until: number): number => ((segment.end ? Date.parse(segment.end) : until) - Date.parse(segment.start)) / 1000;

/** The call as one bar: every stretch in its state's colour, as wide as it was long (very short ones stay visible). */
export function SegmentBar({ segments, end, onSeek }: { segments: Segment[]; end: number; onSeek?: (instant: number) => void }) {
  const { t } = useTranslation();
  const total = segments.reduce((sum, segment) => sum + lengthOf(segment, end), 0) || 1;
  return (
    <div>
      <div className={classes.bar} role="list" aria-label={t("call.segments")}>
        {segments.map((segment) => {
          const seconds = lengthOf(segment, end);
          const [state, Icon] = LOOK[segment.kind] ?? LOOK.talk;
          const text = [t(`segment.${segment.kind}`), clockText(seconds), segment.queue?.name, segment.user?.name].filter(Boolean).join(" · ");
          return (
            <Tooltip key={`${segment.kind}${segment.start}${segment.participant}`} label={text}>
              <button type="button" role="listitem" aria-label={text} className={classes.segment} style={{ ...stateStyle(state), flexGrow: seconds / total, flexBasis: 6 }} onClick={() => onSeek?.(Date.parse(segment.start))}>
                {seconds / total > 0.035 && <Icon size={15} aria-hidden />}{seconds / total > 0.13 && <span className="td-clip td-num">{t(`segment.${segment.kind}`)} {clockText(seconds)}</span>}
              </button>
            </Tooltip>
          );
        })}
      </div>
    </div>
  );
}
