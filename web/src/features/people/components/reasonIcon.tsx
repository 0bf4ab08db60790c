import {
  IconCoffee, IconFileText, IconMinus, IconPhone, IconSchool, IconToolsKitchen2, IconUsers, type IconProps,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

/** The icons that a reason may have; the catalogue is short so that breaks can be told apart at a glance. */
export const REASON_ICONS: Record<string, ComponentType<IconProps>> = {
  coffee: IconCoffee, "tools-kitchen-2": IconToolsKitchen2, users: IconUsers, school: IconSchool, "file-text": IconFileText, phone: IconPhone,
};

export function ReasonIcon({ name, size = 16 }: { name: string | null; size?: number }) {
  const Icon = REASON_ICONS[name ?? ""] ?? IconMinus;
  return <Icon size={size} aria-hidden />;
}
