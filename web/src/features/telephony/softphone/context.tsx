import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { rejoin } from "../api/calls";
import { phoneQuery } from "../api/phone";
import { Softphone, type SoftphoneState } from "./store";

const Context = createContext<Softphone | null>(null);
const OFF: SoftphoneState = { registration: "off", cause: null, leg: null, muted: false, microphoneError: null };

/** Registers the browser's phone while someone is signed in, unless calls ring on a desk phone only. */
export function SoftphoneProvider({ children }: { children: ReactNode }) {
  const account = useQuery(phoneQuery).data;
  const [phone, setPhone] = useState<Softphone | null>(null);
  const wanted = account && account.ring_on !== "phone" ? account.sip_user : null;
  useEffect(() => {
    if (!account || !wanted) return undefined;
    const made = new Softphone(account, rejoin);
    // The phone is an outside thing with a life of its own; the state only lets the tree see it.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setPhone(made);
    return () => {
      made.close();
      setPhone(null);
    };
    // New credentials come with a new user name; anything else about the account does not concern the registration.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted]);
  return <Context value={phone}>{children}</Context>;
}

export const useSoftphone = (): Softphone | null => useContext(Context);

export function useSoftphoneState(): SoftphoneState {
  const phone = useSoftphone();
  return useSyncExternalStore(phone?.subscribe ?? (() => () => undefined), () => phone?.snapshot() ?? OFF);
}
