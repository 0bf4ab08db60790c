import type { Rule } from "../bridge.ts";

/** What is so on the page now. `seconds`: so long it has been looked at; `scroll`: so far down (percent) somebody has been;
 * `left`: the pointer has just gone out at the top. */
export interface Facts {
  address: string;
  seconds: number;
  scroll: number;
  left: boolean;
  now: number;
}

/** What this browser keeps of a widget's greetings. `at`: when the visitor was last here; `quiet`: the visit in which nothing more
 * is shown; `shown`: when and in which visit each was, and whether it was closed. */
export interface Memory {
  visits: number;
  at: number;
  quiet: number;
  shown: Record<string, { at: number; visit: number; shut: boolean }>;
}

const DAY_MS = 86_400_000;
/** Who comes back after such a break comes for another visit. */
export const VISIT_MS = 30 * 60_000;
/** What was closed is not shown again for so long at least. */
export const SHUT_DAYS = 30;

/** `*` stands for anything. In one pass, whatever is written: nothing is tried twice. */
function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift() ?? "";
  if (parts.length === 0) return text === first;
  const last = parts.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > text.length - last.length) return false;
    from = at + part.length;
  }
  return true;
}

/** Of the address without its scheme, so that nobody has to think of it. */
export function onPage({ how, page }: Pick<Rule, "how" | "page">, address: string): boolean {
  const bare = (text: string): string => text.replace(/^https?:\/\//i, "").toLowerCase();
  const wanted = bare(page);
  if (wanted === "") return true;
  return how === "matches" ? fitsPattern(wanted, bare(address)) : bare(address).includes(wanted);
}

/** It was shown too short a while ago. A clock that was wrong keeps nothing back for ever. */
function spent(rule: Rule, memory: Memory, now: number): boolean {
  const before = memory.shown[rule.id];
  if (!before) return false;
  const days = before.shut ? Math.max(SHUT_DAYS, rule.days) : rule.days;
  return days === 0 ? before.visit === memory.visits : Math.abs(now - before.at) < days * DAY_MS;
}

/** The greeting whose moment this is: the first that fits. */
export function choose(rules: readonly Rule[], facts: Facts, memory: Memory): Rule | undefined {
  if (memory.quiet === memory.visits) return undefined;
  return rules.find(
    (rule) =>
      onPage(rule, facts.address) &&
      facts.seconds >= rule.seconds &&
      facts.scroll >= rule.scroll &&
      (facts.left || !rule.leaving) &&
      memory.visits >= rule.visit &&
      !spent(rule, memory, facts.now),
  );
}

/** The visitor is here. */
export function arrived(before: Memory | null, now: number): Memory {
  if (before === null) return { visits: 1, at: now, quiet: 0, shown: {} };
  return { ...before, visits: before.visits + (Math.abs(now - before.at) >= VISIT_MS ? 1 : 0), at: now };
}

/** It is before their eyes; or they have closed it, and are left alone for this visit. */
export function shown(memory: Memory, { id }: Rule, now: number, shut = false): Memory {
  return { ...memory, quiet: shut ? memory.visits : memory.quiet, shown: { ...memory.shown, [id]: { at: now, visit: memory.visits, shut } } };
}

/** What is kept is the site's storage: anybody's hand may have been in it. */
export function read(text: string | null, rules: readonly Rule[]): Memory | null {
  try {
    const { visits, at, quiet, shown } = JSON.parse(text ?? "null") as Memory;
    if (![visits, at, quiet].every(Number.isFinite)) return null;
    const own = rules.map(({ id }) => [id, Object(shown)[id]] as const).filter(([, one]) => Number.isFinite(one?.at) && Number.isFinite(one?.visit));
    return { visits, at, quiet, shown: Object.fromEntries(own) };
  } catch {
    return null;
  }
}
