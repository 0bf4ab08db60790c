import { type Comment, type Doc, exitsOf, type Place, type Step, type Verbs } from "./model";

/** Every edit takes a document and gives a new one; steps that it does not touch stay the same objects. */
const withStep = (doc: Doc, id: string, step: Step): Doc => ({ ...doc, steps: { ...doc.steps, [id]: step } });

export function changed(doc: Doc, id: string, part: Partial<Step>): Doc {
  const step = doc.steps[id];
  return step ? withStep(doc, id, { ...step, ...part }) : doc;
}

/** A name that no step has yet: say, say_2, say_3 … */
export function freeName(doc: Doc, wanted: string): string {
  const base = wanted.replace(/_\d+$/, "");
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}_${number}`;
    if (!(name in doc.steps)) return name;
  }
}

/** Comments are chosen by their number: "#0", "#1" … No step can be called so. */
export const commentsOf = (doc: Doc): readonly Comment[] => (Array.isArray(doc.rest["comments"]) ? (doc.rest["comments"] as Comment[]) : []);
export const commentAt = (doc: Doc, id: string): Comment | undefined => (id.startsWith("#") ? commentsOf(doc)[Number(id.slice(1))] : undefined);
export const placeOf = (doc: Doc, id: string): Place | undefined => (commentAt(doc, id) ?? doc.steps[id])?.place;
export const isThere = (doc: Doc, id: string): boolean => id in doc.steps || commentAt(doc, id) !== undefined;

function withComments(doc: Doc, comments: readonly Comment[]): Doc {
  const { comments: _, ...others } = doc.rest;
  return { ...doc, rest: comments.length ? { ...others, comments } : others };
}

export const saying = (doc: Doc, id: string, text: string): Doc => withComments(doc, commentsOf(doc).map((one, index) => (id === `#${index}` ? { ...one, text } : one)));

/** A new comment to the right of a step, or above the start. Gives its number too. */
export function commented(doc: Doc, beside: string | null): [Doc, string] {
  const at = placeOf(doc, beside ?? doc.start) ?? { x: 0, y: 0 };
  const place = beside ? { x: at.x + 260, y: at.y } : { x: at.x, y: at.y - 110 };
  while (commentsOf(doc).some((one) => one.place.x === place.x && one.place.y === place.y)) place.y += 30;
  return [withComments(doc, [...commentsOf(doc), { text: "", place }]), `#${commentsOf(doc).length}`];
}

export function connected(doc: Doc, from: string, exit: string, to: string | null): Doc {
  const step = doc.steps[from];
  if (!step) return doc;
  const { [exit]: _, ...others } = step.go;
  return withStep(doc, from, { ...step, go: to === null ? others : { ...others, [exit]: to } });
}

/** A new step after the given one, on its first exit that leads nowhere. Gives its name too. */
export function added(doc: Doc, verb: string, verbs: Verbs, after: string | null, params: unknown = null): [Doc, string] {
  const id = freeName(doc, verb);
  const before = after ? doc.steps[after] : undefined;
  const lowest = Math.max(-150, ...Object.values(doc.steps).map((step) => step.place?.y ?? 0));
  const place = before?.place ? { x: before.place.x, y: before.place.y + 150 } : { x: 0, y: lowest + 150 };
  while (Object.values(doc.steps).some((step) => step.place && Math.abs(step.place.x - place.x) < 200 && Math.abs(step.place.y - place.y) < 90)) place.x += 260;
  let next = withStep(doc, id, { verb, params, go: {}, place });
  const free = before && exitsOf(before, verbs.get(before.verb)).find((way) => !(way.name in before.go));
  if (after && free) next = connected(next, after, free.name, id);
  return [doc.start in doc.steps ? next : { ...next, start: id }, id];
}

export function removed(doc: Doc, ids: readonly string[]): Doc {
  const gone = new Set(ids);
  const steps: Record<string, Step> = {};
  for (const [id, step] of Object.entries(doc.steps)) {
    if (gone.has(id)) continue;
    const led = Object.values(step.go).some((to) => gone.has(to));
    steps[id] = led ? { ...step, go: Object.fromEntries(Object.entries(step.go).filter(([, to]) => !gone.has(to))) } : step;
  }
  const rest = { ...doc.rest };
  if (gone.has(String(rest["on_error"]))) delete rest["on_error"];
  const left = commentsOf(doc).filter((_, index) => !gone.has(`#${index}`));
  return withComments({ ...doc, steps, rest, start: gone.has(doc.start) ? (Object.keys(steps)[0] ?? "") : doc.start }, left);
}

/** The same step by another name, with all ways that lead to it. A name that is taken or none changes nothing. */
export function renamed(doc: Doc, id: string, name: string): Doc {
  if (name === id || name in doc.steps || !/^[\p{L}_][\p{L}\p{N}_-]{0,62}$/u.test(name)) return doc;
  const turn = (to: string) => (to === id ? name : to);
  const steps = Object.fromEntries(Object.entries(doc.steps).map(([one, step]) => [turn(one), Object.values(step.go).includes(id) ? { ...step, go: Object.fromEntries(Object.entries(step.go).map(([exit, to]) => [exit, turn(to)])) } : step]));
  const rest = doc.rest["on_error"] === id ? { ...doc.rest, on_error: name } : doc.rest;
  return { ...doc, steps, rest, start: turn(doc.start) };
}

export function moved(doc: Doc, places: ReadonlyMap<string, Place>): Doc {
  const steps = { ...doc.steps };
  const round = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y) });
  for (const [id, place] of places) {
    const step = steps[id];
    if (step) steps[id] = { ...step, place: round(place) };
  }
  const comments = commentsOf(doc).map((one, index) => ({ one, to: places.get(`#${index}`) }));
  const next = { ...doc, steps };
  return comments.some(({ to }) => to) ? withComments(next, comments.map(({ one, to }) => (to ? { ...one, place: round(to) } : one))) : next;
}

/** Copies beside the originals; ways among them lead to the copies, others are left out. Gives their names. */
export function pasted(doc: Doc, copied: Record<string, Step>): [Doc, string[]] {
  let next = doc;
  const names = new Map<string, string>();
  for (const id of Object.keys(copied)) {
    const name = freeName(next, id);
    names.set(id, name);
    next = withStep(next, name, { verb: "", params: null, go: {} });
  }
  for (const [id, step] of Object.entries(copied)) {
    const go = Object.fromEntries(Object.entries(step.go).flatMap(([exit, to]) => (names.has(to) ? [[exit, names.get(to) ?? to]] : [])));
    next = withStep(next, names.get(id) ?? id, { ...step, go, ...(step.place ? { place: { x: step.place.x + 40, y: step.place.y + 60 } } : {}) });
  }
  return [next, [...names.values()]];
}

export interface History { past: readonly Doc[]; doc: Doc; future: readonly Doc[]; key: string | null }
export type HistoryAction = { type: "edit"; edit: (doc: Doc) => Doc; key?: string } | { type: "undo" } | { type: "redo" } | { type: "reset"; doc: Doc };

const KEPT = 200;

/** Undo and redo; edits with the same key in a row (letters of one field) are undone together. */
export function history(state: History, action: HistoryAction): History {
  if (action.type === "reset") return { past: [], doc: action.doc, future: [], key: null };
  if (action.type === "edit") {
    const doc = action.edit(state.doc);
    if (doc === state.doc) return state;
    const joins = action.key !== undefined && action.key === state.key;
    return { past: joins ? state.past : [...state.past.slice(-KEPT + 1), state.doc], doc, future: [], key: action.key ?? null };
  }
  const [from, to] = action.type === "undo" ? [state.past, state.future] : [state.future, state.past];
  const doc = action.type === "undo" ? from.at(-1) : from[0];
  if (!doc) return state;
  return action.type === "undo" ? { past: from.slice(0, -1), doc, future: [state.doc, ...to], key: null } : { past: [...to, state.doc], doc, future: from.slice(1), key: null };
}
