import type { Doc, Step } from "./model";

/** One difference: a step that came or went, or one member of it (verb, params, go.exit, label, note), or of the flow. */
export interface Change { kind: "added" | "removed" | "changed"; step: string | null; member: string; before: unknown; after: unknown }

const text = (value: unknown): string => JSON.stringify(value ?? null, (_, one: unknown) => (one && typeof one === "object" && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one));
export const same = (a: unknown, b: unknown): boolean => text(a) === text(b);

function members(step: Step): Record<string, unknown> {
  const params = step.params && typeof step.params === "object" && !Array.isArray(step.params) ? Object.entries(step.params).map(([name, value]) => [`params.${name}`, value]) : [["params", step.params]];
  return Object.fromEntries([["verb", step.verb], ["label", step.label], ["note", step.note], ...params, ...Object.entries(step.go).map(([exit, to]) => [`go.${exit}`, to])]) as Record<string, unknown>;
}

/** What `after` does otherwise than `before`. Where steps are drawn does not count. */
export function differences(before: Doc, after: Doc): Change[] {
  const found: Change[] = [];
  const compare = (step: string | null, old: Record<string, unknown>, now: Record<string, unknown>) => {
    for (const member of new Set([...Object.keys(old), ...Object.keys(now)])) if (!same(old[member], now[member])) found.push({ kind: "changed", step, member, before: old[member], after: now[member] });
  };
  compare(null, { start: before.start, ...before.rest }, { start: after.start, ...after.rest });
  for (const id of new Set([...Object.keys(before.steps), ...Object.keys(after.steps)])) {
    const [old, now] = [before.steps[id], after.steps[id]];
    if (old && now) compare(id, members(old), members(now));
    else found.push({ kind: old ? "removed" : "added", step: id, member: "", before: old?.verb, after: now?.verb });
  }
  return found;
}

/** Two people's changes of one document put together; where both changed the same step, `prefer` decides. */
export function merged(base: Doc, mine: Doc, theirs: Doc, prefer: "mine" | "theirs"): Doc {
  const pick = <T>(was: T, my: T, their: T): T => (same(my, was) ? their : same(their, was) ? my : prefer === "mine" ? my : their);
  const steps: Record<string, Step> = {};
  for (const id of new Set([...Object.keys(theirs.steps), ...Object.keys(mine.steps)])) {
    const step = pick(base.steps[id], mine.steps[id], theirs.steps[id]);
    if (step) steps[id] = step;
  }
  return { flow: theirs.flow, start: pick(base.start, mine.start, theirs.start), rest: pick(base.rest, mine.rest, theirs.rest), steps };
}
