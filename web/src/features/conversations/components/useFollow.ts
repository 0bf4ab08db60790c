import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 40;
const TOP = 160;

/**
 * A thread's scrolling: it stays at its end while the reader is there, stays where the reader is when something comes before
 * or after it, and asks for what is older near its beginning. `from`: the message at which the reader left the end.
 */
export function useFollow(first: number, last: number, unsent: number, onTop: () => void) {
  const there = first > 0;
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const before = useRef({ first, height: 0, top: 0 });
  const [from, setFrom] = useState<number | null>(null);
  const latest = useRef({ last, onTop });
  useEffect(() => {
    latest.current = { last, onTop };
  });
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    if (first < before.current.first && !atEnd.current) node.scrollTop += node.scrollHeight - before.current.height;
    else if (atEnd.current) node.scrollTop = node.scrollHeight;
    before.current = { first, height: node.scrollHeight, top: node.scrollTop };
  }, [first, last]);
  const toEnd = useCallback(() => {
    const node = box.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, []);
  /** What is there has grown: who was at the end is still. */
  const stay = useCallback(() => {
    if (atEnd.current) toEnd();
  }, [toEnd]);
  // What one writes oneself is to be seen, wherever one was reading.
  useLayoutEffect(() => {
    if (unsent > 0) toEnd();
  }, [unsent, toEnd]);
  useEffect(() => {
    const node = box.current;
    if (!node) return undefined;
    const scrolled = () => {
      // What grows at the end leads nobody away from it: who leaves it goes up.
      atEnd.current = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR || (atEnd.current && node.scrollTop >= before.current.top);
      before.current.height = node.scrollHeight;
      before.current.top = node.scrollTop;
      setFrom((old) => (atEnd.current ? null : (old ?? latest.current.last)));
      if (node.scrollTop < TOP) latest.current.onTop();
    };
    const resized = new ResizeObserver(() => {
      if (atEnd.current) node.scrollTop = node.scrollHeight;
    });
    node.addEventListener("scroll", scrolled, { passive: true });
    resized.observe(node);
    if (node.firstElementChild) resized.observe(node.firstElementChild);
    return () => {
      node.removeEventListener("scroll", scrolled);
      resized.disconnect();
    };
  }, [there]);
  return { box, from, toEnd, stay };
}
