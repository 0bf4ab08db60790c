import type { VerbCard } from "@/shared/api/types";

export interface Place { x: number; y: number }
/** One node: what it does, with which parameters (as stored, perhaps in the short form), and where each exit leads. */
export interface Step { verb: string; params: unknown; go: Record<string, string>; label?: string; note?: string; place?: Place }
/** What authors tell each other about a part of the drawing. */
export interface Comment { text: string; place: Place }
export interface Doc { flow: string; start: string; steps: Record<string, Step>; rest: Record<string, unknown> }
export type Members = Record<string, unknown>;
export type Verbs = ReadonlyMap<string, VerbCard>;

const OWN = ["label", "note", "place", "go"];
export const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null && !Array.isArray(value);

/** The stored document as the designer holds it: every `go` written out by exits. */
export function readDoc(stored: Members, verbs: Verbs): Doc {
  const { flow, start, nodes, ...rest } = stored;
  const steps: Record<string, Step> = {};
  for (const [id, node] of Object.entries(isMembers(nodes) ? nodes : {})) {
    if (!isMembers(node)) continue;
    const verb = Object.keys(node).find((key) => !OWN.includes(key)) ?? "";
    const go = node["go"];
    const { label, note, place } = node as { label?: string; note?: string; place?: Place };
    steps[id] = {
      verb, params: node[verb] ?? null, go: typeof go === "string" ? { [verbs.get(verb)?.main ?? "done"]: go } : isMembers(go) ? (go as Record<string, string>) : {},
      ...(label === undefined ? {} : { label }), ...(note === undefined ? {} : { note }), ...(place === undefined ? {} : { place }),
    };
  }
  return { flow: String(flow ?? ""), start: String(start ?? ""), steps, rest };
}

/** The document as it is stored; a node with the main exit alone has the short `go`. */
export function writeDoc(doc: Doc, verbs: Verbs): Members {
  const nodes: Members = {};
  for (const [id, step] of Object.entries(doc.steps)) {
    const wired = Object.entries(step.go);
    const [exit, target] = wired[0] ?? [];
    const short = wired.length === 1 && exit === (verbs.get(step.verb)?.main ?? "done");
    nodes[id] = {
      ...(step.label ? { label: step.label } : {}), ...(step.note ? { note: step.note } : {}), ...(step.place ? { place: step.place } : {}),
      [step.verb]: step.params, ...(wired.length === 0 ? {} : { go: short ? target : step.go }),
    };
  }
  return { flow: doc.flow, ...doc.rest, start: doc.start, nodes };
}

/** The parameters by name, whichever form they are written in. */
export function spread(params: unknown, card: VerbCard): Members {
  if (card.whole && card.short) return params === null ? {} : { [card.short]: params };
  if (params === null || params === undefined) return {};
  if (isMembers(params) && (card.name !== "say" || "parts" in params)) return params;
  return card.short ? { [card.short]: params } : {};
}

const empty = (value: unknown): boolean => value === undefined || value === null || value === "";

/** Back to the shortest form: what is empty is left out, one parameter alone takes the short form. */
export function gather(members: Members, card: VerbCard): unknown {
  if (card.whole && card.short) return members[card.short] ?? {};
  const kept = Object.fromEntries(Object.entries(members).filter(([, value]) => !empty(value)));
  const names = Object.keys(kept);
  if (names.length === 0) return null;
  if (card.short && names.length === 1 && names[0] === card.short && (typeof kept[card.short] === "string" || card.name === "say")) return kept[card.short];
  return kept;
}

/** `instead`: the exit whose way it takes while it leads nowhere itself. */
export interface Way { name: string; required: boolean; instead: string | null }

/** The exits of a node as its parameters name them now, those of the author first. */
export function exitsOf(step: Step, card: VerbCard | undefined): Way[] {
  if (!card) return Object.keys(step.go).map((name) => ({ name, required: false, instead: null }));
  const fixed = card.exits.map(({ name, required, instead }) => ({ name, required, instead }));
  if (!card.named) return fixed;
  const [field, by] = card.named;
  const value = spread(step.params, card)[field];
  const names = by === "keys" ? Object.keys(isMembers(value) ? value : {}) : Object.values(isMembers(value) || Array.isArray(value) ? value : {}).map(String);
  return [...new Set(names)].filter((name) => name && !fixed.some((way) => way.name === name)).map((name): Way => ({ name, required: true, instead: null })).concat(fixed);
}
