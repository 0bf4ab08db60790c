import { Suspense, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/shared/actions/registry";
import { soon } from "@/shared/later";

const ShortcutHelp = soon(async () => (await import("./ShortcutHelp")).ShortcutHelp);
const listeners = new Set<() => void>();
let opened = false;
let asked = false;
const set = (open: boolean) => {
  opened = open;
  asked ||= open;
  listeners.forEach((tell) => tell());
};
export const openHelp = (): void => set(true);

/** The list of keys arrives with its first use. */
export function HelpGate() {
  const { t } = useTranslation();
  const open = useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, () => opened);
  useActions([{ id: "help", name: t("help.open"), section: "general", hotkey: "?", perform: openHelp }]);
  return asked ? <Suspense><ShortcutHelp opened={open} onClose={() => set(false)} /></Suspense> : null;
}
