import { useEffect } from "react";

/** The tab's title has two writers: the screen, and whatever is urgent. The urgent one shows while it lasts. */
let page = "Tongdai";
let urgent: string | null = null;
const show = (): void => {
  document.title = urgent ?? page;
};

export function usePageTitle(title: string): void {
  useEffect(() => {
    page = `${title} · Tongdai`;
    show();
  }, [title]);
}

export function urgentTitle(title: string): () => void {
  urgent = title;
  show();
  return () => {
    urgent = null;
    show();
  };
}
