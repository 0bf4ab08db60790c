import { createContext, useContext } from "react";
import type { Me, Scope } from "@/shared/api/types";

/** Who is signed in; provided by the shell to everything inside of it. */
export const SessionContext = createContext<Me | null>(null);

export function useSession(): Me {
  const me = useContext(SessionContext);
  if (!me) throw new Error("useSession outside of the signed-in shell");
  return me;
}

const RANK: Scope[] = ["own", "team", "queue", "project", "tenant"];

/** Hides what the role may not use. The server decides; this only keeps dead buttons off the screen. */
export function may(me: Me, permission: string, atLeast: Scope = "own"): boolean {
  const scope = me.permissions[permission];
  return scope !== undefined && RANK.indexOf(scope) >= RANK.indexOf(atLeast);
}

/** Places an outside or inside call; the shell provides it, any number on any screen uses it. `callerId`: which of the centre's numbers is shown; `projectId`: for which it is. */
export const DialContext = createContext<((number: string, callerId?: string, projectId?: string) => void) | null>(null);
export const useDial = () => useContext(DialContext);
