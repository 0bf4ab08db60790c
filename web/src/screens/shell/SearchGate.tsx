import { Suspense, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/shared/actions/registry";
import { soon } from "@/shared/later";

const Search = soon(async () => (await import("./Search")).Search);
const listeners = new Set<() => void>();
let asked = 0;

/** Search arrives with its first use. */
export function openSearch(): void {
  asked += 1;
  listeners.forEach((tell) => tell());
}

export function SearchGate() {
  const { t } = useTranslation();
  const times = useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, () => asked);
  useActions([
    { id: "search", name: t("search.title"), section: "general", hotkey: "Mod+K", perform: openSearch },
    { id: "search.slash", name: t("common.search"), section: "general", hotkey: "/", perform: openSearch },
  ]);
  return times > 0 ? <Suspense><Search asked={times} /></Suspense> : null;
}
