import { Typed } from "../../src/shared/cobrowse/hide.ts";

/** What a site marks as nobody's business, by attribute or class: nothing of it is recorded. */
export const PRIVATE = "[data-tongdai-private], .tongdai-private";
const CLASS = /(?:^|\s)tongdai-private(?:\s|$)/;
const SECRET = /\b(?:cc-\w+|current-password|new-password|one-time-code)\b/;

/** Whether a node stands in something that is marked, also beyond the borders of web components. */
export function isPrivate(node: unknown): boolean {
  for (let at = node; at instanceof Node; ) {
    const element: Element | null = at instanceof Element ? at : at.parentElement;
    if (element?.closest(PRIVATE)) return true;
    const root = (element ?? at).getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return false;
}

/** Tells when a site marks what was seen until then, so that it is drawn over. */
export class MarkWatch {
  private readonly watch: MutationObserver;

  constructor(marked: () => void) {
    this.watch = new MutationObserver((changes) => {
      if (changes.some(({ attributeName, oldValue, target }) => (target as Element).matches(PRIVATE) && !(attributeName === "class" && CLASS.test(oldValue ?? "")))) marked();
    });
    this.watch.observe(document, { subtree: true, attributes: true, attributeOldValue: true, attributeFilter: ["data-tongdai-private", "class"] });
  }

  stop(): void {
    this.watch.disconnect();
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const isField = (target: unknown): target is Field => target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/**
 * Remembers, in this page and for as long as it is shown, what stands in its fields: a site that repeats a password or a card
 * in a text, or what is typed in an attribute, would show there what the field itself hides.
 */
export class Secrets {
  private readonly secret = new Typed();
  private readonly typed = new Typed();
  private readonly heard = (event: Event): void => this.take(event.composedPath()[0]);

  constructor() {
    for (const name of ["input", "change", "paste"]) document.addEventListener(name, this.heard, true);
  }

  stop(): void {
    for (const name of ["input", "change", "paste"]) document.removeEventListener(name, this.heard, true);
  }

  /** All fields as they are now: scripts fill them without a word. */
  look(): void {
    for (const field of document.querySelectorAll("input, textarea, select")) this.take(field);
  }

  private take(field: unknown): void {
    if (!isField(field) || (field instanceof HTMLInputElement && /^(?:submit|button|reset|checkbox|radio|file|image)$/.test(field.type))) return;
    const secret = field instanceof HTMLInputElement && (field.type === "password" || field.hasAttribute("data-rr-is-password"));
    const kept = secret || SECRET.test(field.getAttribute("autocomplete") ?? "") || isPrivate(field) ? this.secret : this.typed;
    kept.add(field.value);
  }

  readonly inText = (text: string): string => this.secret.hide(text);
  readonly inAttribute = (text: string): string => this.typed.hide(this.secret.hide(text));
}
