import { type RefObject, useEffect } from "react";

/** In the browser's top layer while it is `on`, below the bar with one's presence: what is around the chat does not confine it. */
export function useTopLayer(panel: RefObject<HTMLElement | null>, on: boolean): void {
  useEffect(() => {
    const element = panel.current;
    if (!element || !on) return;
    element.setAttribute("popover", "manual");
    element.showPopover();
    return () => {
      element.hidePopover();
      element.removeAttribute("popover");
    };
  }, [panel, on]);
}
