import {
  IconBell, IconCircleCheck, IconClipboardCheck, IconMinus, IconPhoneCall, IconPlayerPause, IconPlugX, type IconProps,
} from "@tabler/icons-react";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ShownState } from "@/shared/api/types";
import classes from "./StateBadge.module.css";

export const STATE_ICONS: Record<ShownState, ComponentType<IconProps>> = {
  ready: IconCircleCheck,
  offered: IconBell,
  working: IconPhoneCall,
  talking: IconPhoneCall,
  hold: IconPlayerPause,
  wrap_up: IconClipboardCheck,
  not_ready: IconMinus,
  offline: IconPlugX,
};

export function stateStyle(state: string): React.CSSProperties {
  const name = state === "working" ? "talking" : state;
  return { "--s": `var(--${name})`, "--s-tint": `var(--${name}-tint)`, "--s-mark": `var(--${name}-mark)` } as React.CSSProperties;
}

/** Colour, icon and word, always together. `label` replaces the word, by the reason for not being ready for example; `icon` the icon. */
export function StateBadge({ state, label, icon, children }: { state: ShownState; label?: string | null; icon?: ComponentType<IconProps>; children?: ReactNode }) {
  const { t } = useTranslation();
  const Icon = icon ?? STATE_ICONS[state];
  return (
    <span className={classes.badge} data-state={state} style={stateStyle(state)}>
      <Icon size={15} aria-hidden />
      <span className="td-clip">{label || t(`state.${state}`)}</span>
      {children}
    </span>
  );
}
