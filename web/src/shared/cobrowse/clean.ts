import { BOXED, howShown, isPicture, LABELS, quietStyles, SILENT, wordOf } from "./allowed.ts";
import { bareAddress, DOTS } from "./hide.ts";

/** What a recorder tells of a page (rrweb's format), as far as it is shown: the rest is left out by not being copied. */
export interface PageEvent {
  type: number;
  timestamp: number;
  data: unknown;
}

export const FULL = 2;
const INCREMENTAL = 3;
export const META = 4;

const MUTATION = 0;
const INPUT = 5;
const SHEET_RULE = 8;
const STYLE_DECLARATION = 13;
const ADOPTED = 15;
/** Moves of the mouse and of fingers, clicks, scrolling, the window's size: numbers alone. */
const NUMBERS = new Set([1, 2, 3, 4, 6]);
const DEEPEST = 400;
const MOST_NODES = 100_000;

type Json = Record<string, unknown>;
export type Hide = (text: string) => string;
/** `text`: what is read on the page; `attribute`: what stands in an element, where pages repeat what is typed. */
export interface Hiding {
  text: Hide;
  attribute: Hide;
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/**
 * What is known of a node that was shown: by it later changes are judged, and of what is not known nothing is shown. `typed`: one
 * writes in it; `closed`: an empty box stands in its place, whatever comes into it.
 */
interface Known {
  tag: string;
  typed: boolean;
  closed: boolean;
}

const OUTSIDE: Known = { tag: "", typed: false, closed: false };

/**
 * Copies of a recorder's events what may be seen, and nothing else. Both ends do it: the customer's before anything leaves
 * their browser, the agent's before anything is drawn, for what comes from a stranger's browser may be anything.
 */
export class Cleaner {
  private readonly known = new Map<number, Known>();
  private nodes = 0;

  constructor(private readonly hiding: Hiding) {}

  /** Null: nothing of it is shown. */
  clean(event: unknown): PageEvent | null {
    if (!isObject(event) || !isObject(event["data"])) return null;
    const { data, type } = event;
    const kept = type === FULL ? this.page(data) : type === INCREMENTAL ? this.change(data) : type === META ? this.meta(data) : null;
    return kept && { type: type as number, timestamp: number(event["timestamp"]), data: kept };
  }

  private meta(data: Json): Json {
    return { href: this.hiding.attribute(bareAddress(text(data["href"]))), width: number(data["width"]), height: number(data["height"]) };
  }

  private page(data: Json): Json | null {
    this.known.clear();
    this.nodes = 0;
    const offset = isObject(data["initialOffset"]) ? data["initialOffset"] : {};
    const node = isObject(data["node"]) ? this.node(data["node"], OUTSIDE, 0) : null;
    return node && { node, initialOffset: { left: number(offset["left"]), top: number(offset["top"]) } };
  }

  private change(data: Json): Json | null {
    const source = number(data["source"]);
    if (source === MUTATION) return this.mutation(data);
    if (source === INPUT) return { source, id: number(data["id"]), text: text(data["text"]) ? DOTS : "", isChecked: data["isChecked"] === true };
    if (source === SHEET_RULE) return { source, ...ids(data), adds: rules(data["adds"]), removes: objects(data["removes"]).map((one) => ({ index: one["index"] })), ...sheets(data) };
    if (source === STYLE_DECLARATION) return { source, ...ids(data), index: data["index"], ...declarations(data) };
    if (source === ADOPTED) {
      const styles = objects(data["styles"]).map((one) => ({ styleId: number(one["styleId"]), rules: rules(one["rules"]) }));
      return { source, id: number(data["id"]), styleIds: numbers(data["styleIds"]), ...(styles.length > 0 ? { styles } : {}) };
    }
    return NUMBERS.has(source) ? (figures(data) as Json) : null;
  }

  private mutation(data: Json): Json {
    const adds = objects(data["adds"]).flatMap((one) => {
      const parent = this.known.get(number(one["parentId"]));
      const node = parent && !parent.closed && isObject(one["node"]) ? this.node(one["node"], parent, 0) : null;
      return node ? [{ parentId: number(one["parentId"]), nextId: one["nextId"] === null ? null : number(one["nextId"]), node }] : [];
    });
    const texts = objects(data["texts"]).flatMap((one) => {
      const parent = this.known.get(number(one["id"]));
      return parent ? [{ id: number(one["id"]), value: this.words(text(one["value"]), parent) }] : [];
    });
    const attributes = objects(data["attributes"]).flatMap((one) => {
      const known = this.known.get(number(one["id"]));
      return known ? [{ id: number(one["id"]), attributes: this.attributes(known.tag, isObject(one["attributes"]) ? one["attributes"] : {}) }] : [];
    });
    const removes = objects(data["removes"]).map((one) => ({ parentId: number(one["parentId"]), id: number(one["id"]), ...(one["isShadow"] === true ? { isShadow: true } : {}) }));
    return { source: MUTATION, texts, attributes, removes, adds };
  }

  private node(node: Json, parent: Known, depth: number): Json | null {
    const id = number(node["id"]);
    const place = { id, ...(node["isShadow"] === true ? { isShadow: true } : {}) };
    const type = number(node["type"]);
    if (depth > DEEPEST || (this.nodes += 1) > MOST_NODES) return null;
    if (type === 0) {
      this.known.set(id, parent);
      return { type, ...place, childNodes: this.children(node, parent, depth), ...(node["compatMode"] === "BackCompat" ? { compatMode: "BackCompat" } : {}) };
    }
    if (type === 1) return { type, ...place, name: "html", publicId: "", systemId: "" };
    if (type === 2) return this.element(node, place, parent, depth);
    // Texts; comments and the like become empty ones, for others may stand before them.
    this.known.set(id, parent);
    return { type: 3, ...place, textContent: type === 3 ? this.words(text(node["textContent"]), parent) : "", ...(parent.tag === "style" ? { isStyle: true } : {}) };
  }

  private element(node: Json, place: Json, parent: Known, depth: number): Json {
    const written = isObject(node["attributes"]) ? node["attributes"] : {};
    const raw = text(node["tagName"]).toLowerCase();
    const styles = raw === "link" && typeof written["_cssText"] === "string";
    const tag = styles ? "style" : BOXED.has(raw) ? "div" : SILENT.has(raw) || !/^[a-z][a-z0-9._-]*$/.test(raw) ? "i" : raw;
    const typed = parent.typed || raw === "textarea" || text(written["role"]) === "textbox" || (typeof written["contenteditable"] === "string" && written["contenteditable"] !== "false");
    const empty = BOXED.has(raw) || (SILENT.has(raw) && !styles) || raw === "textarea" || node["needBlock"] === true;
    const known = { tag, typed, closed: empty };
    this.known.set(place["id"] as number, known);
    const shown = this.attributes(tag, SILENT.has(raw) && !styles ? {} : written);
    if (tag === "i" && raw !== "i") shown["hidden"] = "";
    const flags = { ...(node["isSVG"] === true ? { isSVG: true } : {}), ...(node["isShadowHost"] === true ? { isShadowHost: true } : {}) };
    return { type: 2, ...place, tagName: tag, attributes: shown, childNodes: empty ? [] : this.children(node, known, depth), ...flags };
  }

  private children(node: Json, parent: Known, depth: number): Json[] {
    return objects(node["childNodes"]).map((one) => this.node(one, parent, depth + 1)).filter((one) => one !== null);
  }

  private words(said: string, parent: Known): string {
    if (parent.tag === "style") return quietStyles(said);
    if (parent.typed) return said.trim() ? DOTS : said;
    return this.hiding.text(said);
  }

  private attributes(tag: string, written: Json): Json {
    const shown: Json = {};
    const type = text(written["type"]).toLowerCase();
    for (const [name, value] of Object.entries(written)) {
      const kept = this.attribute(tag, type, name, value);
      if (kept !== undefined) shown[name] = kept;
    }
    return shown;
  }

  private attribute(tag: string, type: string, name: string, value: unknown): unknown {
    const how = howShown(tag, name);
    if (how === "no") return undefined;
    if (value === null || typeof value === "boolean" || typeof value === "number") return how === "value" ? null : value;
    if (how === "styles" && isObject(value)) return Object.fromEntries(Object.entries(value).map(([property, set]) => [property, declared(set)]));
    if (typeof value !== "string") return undefined;
    if (how === "styles") return quietStyles(value);
    if (how === "picture") return isPicture(value) ? value : undefined;
    if (how === "fragment") return /^#[\w-]*$/.test(value) ? value : undefined;
    if (how === "nowhere") return "#";
    // What is typed may be a common word: by it no page is to lose its looks.
    if (how === "shape") return this.hiding.text(value);
    if (how === "word") return this.hiding.attribute(wordOf(value));
    if (how === "value") return tag === "input" && LABELS.has(type) ? this.hiding.text(value) : value && !/^(?:hidden|checkbox|radio|file|image)$/.test(type) ? DOTS : undefined;
    return this.hiding.attribute(value);
  }
}

const numbers = (value: unknown): number[] => (Array.isArray(value) ? value.map(number) : []);
const ids = (data: Json): Json => Object.fromEntries(["id", "styleId"].filter((name) => typeof data[name] === "number").map((name) => [name, data[name]]));
const rules = (value: unknown): Json[] => objects(value).map((one) => ({ rule: quietStyles(text(one["rule"])), ...("index" in one ? { index: one["index"] } : {}) }));
const sheets = (data: Json): Json => Object.fromEntries(["replace", "replaceSync"].filter((name) => typeof data[name] === "string").map((name) => [name, quietStyles(text(data[name]))]));

function declared(set: unknown): unknown {
  if (typeof set === "string") return quietStyles(set);
  return Array.isArray(set) ? [quietStyles(text(set[0])), text(set[1])] : false;
}

function declarations({ set, remove }: Json): Json {
  if (isObject(remove)) return { remove: { property: text(remove["property"]) } };
  return isObject(set) ? { set: { property: text(set["property"]), value: set["value"] === null ? null : quietStyles(text(set["value"])), ...(set["priority"] === "important" ? { priority: "important" } : {}) } } : {};
}

/** An object of which only the numbers, and lists of such objects, are left. */
function figures(value: unknown): unknown {
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) return value.map(figures);
  return isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, one]) => typeof one === "number" || Array.isArray(one) || isObject(one)).map(([name, one]) => [name, figures(one)])) : null;
}
