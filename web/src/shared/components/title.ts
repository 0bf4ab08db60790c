import { useEffect } from "react";

/** The tab's title has two writers: the screen, and whatever is urgent. The urgent one shows while it lasts. What waits to be read is counted before the screen's. */
let page = "Tongdai";
let urgent: string | null = null;
let unread = 0;
const show = (): void => {
  document.title = urgent ?? (unread > 0 ? `(${unread}) ${page}` : page);
};

export function countInTitle(count: number): void {
  unread = count;
  show();
}

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
