import { matchParts } from "@/shared/format/match";

/** A text with what `q` found in it marked. */
export function Marked({ text, q }: { text: string; q: string }) {
  if (!q) return <>{text}</>;
  return <>{matchParts(text, q).map((part, at) => (part.hit ? <mark key={at} className="td-mark">{part.text}</mark> : <span key={at}>{part.text}</span>))}</>;
}
