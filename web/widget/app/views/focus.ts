const REACHABLE = "a[href], button:not([disabled]), input, textarea, [tabindex='0']";

/** Where the visitor goes on; on a screen without a keyboard not into a field, which would bring one up over half of it. */
export function placeFocus(root: HTMLElement | null): void {
  const field = window.matchMedia("(pointer: coarse)").matches ? null : root?.querySelector<HTMLElement>("input:not([hidden]), textarea");
  (field ?? root)?.focus();
}

/** Over the whole of a small screen, what lies behind is not to be reached. */
export function holdFocus(root: HTMLElement | null, event: KeyboardEvent): void {
  if (event.key !== "Tab" || !root) return;
  const all = [...root.querySelectorAll<HTMLElement>(REACHABLE)].filter((one) => one.offsetParent !== null);
  const from = event.shiftKey ? all[0] : all.at(-1);
  const to = event.shiftKey ? all.at(-1) : all[0];
  if (document.activeElement !== from && !(event.shiftKey && document.activeElement === root)) return;
  event.preventDefault();
  to?.focus();
}
