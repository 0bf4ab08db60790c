import { IconActivity, IconAddressBook, IconHeadset, IconInbox, IconMessage2, IconPhone, IconPhoneOutgoing, IconSettings, IconSunHigh, type IconProps } from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { Me } from "@/shared/api/types";
import { may } from "@/shared/session";

export interface NavSection {
  to: "/workspace" | "/inbox" | "/my-day" | "/contacts" | "/calls" | "/voicemails" | "/callbacks" | "/live" | "/admin";
  label: "nav.workspace" | "nav.inbox" | "nav.myDay" | "nav.contacts" | "nav.calls" | "nav.voicemails" | "nav.callbacks" | "nav.live" | "nav.admin";
  icon: ComponentType<IconProps>;
  hotkey: string;
  permission: string | null;
  /** Not in a phone's bottom bar itself: under "More" there. */
  secondary?: boolean;
}

export const SECTIONS: NavSection[] = [
  { to: "/workspace", label: "nav.workspace", icon: IconHeadset, hotkey: "W", permission: null },
  { to: "/inbox", label: "nav.inbox", icon: IconInbox, hotkey: "I", permission: "interactions.see" },
  { to: "/contacts", label: "nav.contacts", icon: IconAddressBook, hotkey: "C", permission: null },
  { to: "/calls", label: "nav.calls", icon: IconPhone, hotkey: "L", permission: null },
  { to: "/voicemails", label: "nav.voicemails", icon: IconMessage2, hotkey: "V", permission: null, secondary: true },
  { to: "/callbacks", label: "nav.callbacks", icon: IconPhoneOutgoing, hotkey: "K", permission: "callbacks.see", secondary: true },
  { to: "/my-day", label: "nav.myDay", icon: IconSunHigh, hotkey: "D", permission: null, secondary: true },
  { to: "/live", label: "nav.live", icon: IconActivity, hotkey: "B", permission: "live.see" },
  { to: "/admin", label: "nav.admin", icon: IconSettings, hotkey: "A", permission: "admin" },
];

/** Whoever may edit anything at all sees the administration; its own list shows what. */
const ADMINISTRATION = ["users", "teams", "skills", "roles", "reasons", "queues", "alerts", "dispositions", "replies", "telephony", "flows", "settings"];
const mayAdminister = (me: Me): boolean => ADMINISTRATION.some((area) => may(me, `${area}.edit`)) || may(me, "audit.see");

export const sectionsFor = (me: Me): NavSection[] =>
  SECTIONS.filter(({ permission }) => permission === null || (permission === "admin" ? mayAdminister(me) : may(me, permission)));
