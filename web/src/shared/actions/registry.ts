import { useEffect, useRef, useSyncExternalStore } from "react";

/** Something a person can do: shown in search and help, bound to a key, performed from one place. */
export interface Action {
  id: string;
  name: string;
  section: "call" | "presence" | "go" | "general";
  /** "Mod+K", "Alt+A", or a single key such as "?"; letters match the key's place, whatever the layout writes. */
  hotkey?: string;
  /** Leaves the key to a field that is being typed in (undo, copy …). */
  notTyping?: boolean;
  perform: () => void;
}

const actions = new Map<string, Action>();
const listeners = new Set<() => void>();
let snapshot: readonly Action[] = [];

function changed(): void {
  snapshot = [...actions.values()];
  listeners.forEach((tell) => tell());
}

export function registerAction(action: Action): () => void {
  actions.set(action.id, action);
  changed();
  return () => {
    if (actions.get(action.id) !== action) return;
    actions.delete(action.id);
    changed();
  };
}

/** Offers the actions while the component is mounted; `null` entries are not possible right now. */
export function useActions(list: (Action | null)[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const shape = list.map((action) => (action ? `${action.id}|${action.name}|${action.hotkey ?? ""}` : "")).join("\n");
  useEffect(() => {
    const undo = latest.current.map((action) =>
      action
        ? registerAction({ ...action, perform: () => latest.current.find((other) => other?.id === action.id)?.perform() })
        : () => undefined,
    );
    return () => undo.forEach((stop) => stop());
  }, [shape]);
}

export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => snapshot,
  );
}

const SINGLE_KEYS = "tongdai.single-keys";
export const singleKeysOn = (): boolean => localStorage.getItem(SINGLE_KEYS) !== "off";
export const setSingleKeys = (on: boolean): void => localStorage.setItem(SINGLE_KEYS, on ? "on" : "off");

export const isSingleKey = (hotkey: string): boolean => !hotkey.includes("+") || hotkey === "+";

export function matches(hotkey: string, event: KeyboardEvent): boolean {
  const parts = isSingleKey(hotkey) ? [hotkey] : hotkey.split("+");
  const key = parts[parts.length - 1] ?? "";
  const wants = (name: string): boolean => parts.includes(name);
  const mod = event.ctrlKey || event.metaKey;
  if (wants("Mod") !== mod || wants("Alt") !== event.altKey) return false;
  if (/^[A-Z]$/i.test(key)) return event.shiftKey === wants("Shift") && event.code === `Key${key.toUpperCase()}`;
  // With Alt a digit writes something else on many layouts.
  if (wants("Alt") && /^\d$/.test(key)) return event.code === `Digit${key}`;
  return event.key === key;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** What lies below a dialog is out of reach for the pointer, and so it is for a single key. */
const dialogOpen = (): boolean => document.querySelector('[role="dialog"][aria-modal="true"]') !== null;

export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.repeat || event.isComposing) return;
  // What was offered last is nearest: a screen's own key goes before the frame's.
  for (const action of [...actions.values()].reverse()) {
    if (!action.hotkey || !matches(action.hotkey, event)) continue;
    if (isSingleKey(action.hotkey) && (!singleKeysOn() || isTyping(event.target) || dialogOpen())) continue;
    if (action.notTyping && (isTyping(event.target) || dialogOpen())) continue;
    event.preventDefault();
    action.perform();
    return;
  }
}

const isMac = /Mac|iPhone|iPad/.test(typeof navigator === "undefined" ? "" : navigator.userAgent);
export const keyText = (hotkey: string): string =>
  hotkey.replace("Mod", isMac ? "⌘" : "Ctrl").replace("Alt", isMac ? "⌥" : "Alt").replaceAll("+", isMac ? "" : " + ") || "+";
