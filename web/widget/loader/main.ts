import type { Fact, FromPage, Given, Look, Said, ToFrame, ToGreeter, ToHost, ToPage } from "../bridge.ts";
import { Launcher } from "./launcher.ts";
import { announce, on, type Listener } from "./listeners.ts";
import { Pane } from "./pane.ts";
import { all, recall, remember } from "./memory.ts";

/**
 * Puts the chat on a site: a button, and the window in an iframe of our origin. Nothing of the site's styles or scripts gets
 * into the window, and nothing here needs more of the site's Content-Security-Policy than script-src and frame-src.
 */
function start(): void {
  const script = (document.currentScript ?? document.querySelector('script[data-key][src*="/widget.js"]')) as HTMLScriptElement | null;
  const key = script?.dataset.key;
  if (!script || !key || window.Tongdai) return;
  const { origin } = new URL(script.src);
  const language = script.dataset.language;
  const address = `${origin}/chat/${encodeURIComponent(key)}${language ? `?language=${encodeURIComponent(language)}` : ""}`;
  const memory = `tongdai:${key}`;

  const root = document.createElement("tongdai-chat");
  root.style.setProperty("all", "initial");
  const inside = root.attachShadow({ mode: "open" });
  const launcher = new Launcher(() => toggle());
  const pane = new Pane(address);
  inside.append(launcher.element);

  let open = false;
  let ready = false;
  let unread = 0;
  let title = document.title;
  let titled = "";
  let given: Given | Prover | null = script.dataset.identity ?? null;
  let leaving = false;
  let waiting: Said = [];
  let dressed: Look | null = null;

  const page = (): string => location.origin + location.pathname;
  const tell = (message: ToFrame): void => pane.frame.contentWindow?.postMessage(message, origin);
  const shown = (focus: boolean): void => tell({ type: "shown", open, focus, page: page(), narrow: pane.full });

  /** The frame is fetched when the page is quiet, or at once when somebody opens it. */
  function load(): void {
    if (pane.frame.isConnected) return;
    pane.frame.addEventListener("load", () => {
      tell({ type: "hello", page: page(), kept: all(localStore, `${memory}:`), share: recall(sessionStore, `${memory}:share`), provable: given !== null });
      setTimeout(() => {
        if (ready) return;
        // Not for this site, or there is no such chat: no button that leads nowhere.
        remember(localStore, memory, null);
        if (!open) launcher.show(false);
      }, 4000);
    });
    inside.append(pane.frame);
  }

  function look(found: Look): void {
    dressed = found;
    launcher.look(found);
    pane.look(found);
    launcher.show(true);
  }

  function layout(): void {
    pane.lay(open);
    launcher.lay(open, open && pane.full && ready);
    root.toggleAttribute("data-full", open && pane.full);
  }

  function set(wanted: boolean, focus: boolean): void {
    load();
    if (wanted === open) return;
    const inWindow = inside.activeElement === pane.frame;
    open = wanted;
    remember(sessionStore, memory, open ? "1" : null);
    layout();
    if (open && focus) pane.frame.focus();
    else if (!open && inWindow) launcher.element.focus();
    shown(focus);
    announce(open ? "open" : "close");
  }

  /** What shows the page to an agent is fetched when it is wanted. */
  let sharing: Promise<Sharing> | null = null;
  const shared = (message: FromPage): void => tell({ type: "shared", message });
  function share(id: string | null, message: ToPage): void {
    remember(sessionStore, `${memory}:share`, id);
    if (!sharing && message.do !== "begin") return;
    sharing ??= import(/* @vite-ignore */ `${origin}/widget-share.js`) as Promise<Sharing>;
    sharing.then(
      ({ hear }) => hear(message, shared),
      () => {
        sharing = null;
        shared({ is: "blocked" });
      },
    );
  }

  /** So is what greets by itself, where the widget does that. */
  let greeter: Promise<Greeter> | null = null;
  function greet(message: ToGreeter): void {
    greeter ??= import(/* @vite-ignore */ `${origin}/widget-greet.js`) as Promise<Greeter>;
    const place: Place = { inside, button: launcher.element, memory, look: () => dressed, tell, on, isOpen: () => open, open: () => set(true, true) };
    greeter.then(({ hear }) => hear(message, place), () => undefined);
  }

  /** The page is asked anew by the function that it gave, else by the event `identity`. */
  async function prove(again: boolean): Promise<void> {
    let found: Given | null = null;
    if (typeof given === "function") found = (await Promise.resolve().then(given).catch(() => null)) || null;
    else if (!again) found = given;
    else announce("identity");
    tell({ type: "proof", given: found });
  }

  function identify(wanted: Given | Prover): void {
    given = wanted;
    leaving = false;
    load();
    if (ready) tell({ type: "provable" });
  }

  function logout(): void {
    given = null;
    leaving = true;
    load();
    if (ready) tell({ type: "logout" });
  }

  /** What cannot cross to the window is named there. */
  function setAttributes(attributes: Record<string, Fact | null>): void {
    for (const [name, value] of Object.entries(Object(attributes) as typeof attributes))
      waiting.push([name, value === null || ["string", "number", "boolean"].includes(typeof value) ? value : undefined]);
    load();
    if (ready) hand();
  }

  function hand(): void {
    if (waiting.length > 0) tell({ type: "attributes", said: waiting });
    waiting = [];
  }

  const toggle = (): void => set(!open, true);

  function count(): void {
    if (document.title !== titled) title = document.title;
    titled = unread ? `(${unread}) ${title}` : title;
    if (document.title !== titled) document.title = titled;
  }

  window.addEventListener("message", (event: MessageEvent<ToHost>) => {
    if (event.origin !== origin || !event.source || event.source !== pane.frame.contentWindow) return;
    const said = event.data;
    if (said.type === "ready") {
      ready = true;
      remember(localStore, memory, JSON.stringify(said.look));
      look(said.look);
      layout();
      // What the page said while the window was on its way.
      if (leaving) tell({ type: "logout" });
      else if (given !== null) tell({ type: "provable" });
      hand();
      // Who had it open on the page before has it open on this one; never over the whole of a small screen.
      if (!open && !pane.full && recall(sessionStore, memory)) set(true, false);
      else shown(open);
    } else if (said.type === "unread") {
      if (said.count !== unread) announce("unread", said.count);
      unread = said.count;
      launcher.count(unread, said.label);
      count();
    } else if (said.type === "keep") remember(localStore, `${memory}:${said.name}`, said.value);
    else if (said.type === "share") share(said.id, said.message);
    else if (said.type === "greet") greet(said.message);
    else if (said.type === "message") announce("message", said.message);
    else if (said.type === "prove") void prove(said.again);
    else if (said.type === "where") tell({ type: "page", page: page() });
    else if (said.type === "close") set(false, true);
  });
  window.addEventListener("resize", layout);
  window.addEventListener("focus", () => tell({ type: "attention", there: true }));
  window.addEventListener("blur", () => tell({ type: "attention", there: false }));
  inside.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") set(false, true);
  });

  window.Tongdai = { open: () => set(true, true), close: () => set(false, true), toggle, on, identify, logout, setAttributes };
  const begin = (): void => {
    document.body.append(root);
    layout();
    const known = recall(localStore, memory);
    if (known) look(JSON.parse(known) as Look);
    // Who is being shown goes on being shown, and sees it, as soon as there is a page.
    if (recall(sessionStore, `${memory}:share`)) load();
    else if (document.readyState === "complete") idle(load);
    else window.addEventListener("load", () => idle(load));
    document.dispatchEvent(new CustomEvent("tongdai"));
  };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
}

type Prover = () => Given | null | Promise<Given | null>;

interface Sharing {
  hear: (message: ToPage, told: (message: FromPage) => void) => void;
}

interface Greeter {
  hear: (message: ToGreeter, place: Place) => void;
}

/** What the loader lends to it. */
export interface Place {
  inside: ShadowRoot;
  button: HTMLElement;
  memory: string;
  look: () => Look | null;
  tell: (message: ToFrame) => void;
  on: typeof on;
  isOpen: () => boolean;
  open: () => void;
}

const localStore = (): Storage => window.localStorage;
const sessionStore = (): Storage => window.sessionStorage;

function idle(work: () => void): void {
  if (window.requestIdleCallback) window.requestIdleCallback(work, { timeout: 3000 });
  else setTimeout(work, 1000);
}

declare global {
  interface Window {
    Tongdai?: {
      open: () => void;
      close: () => void;
      toggle: () => void;
      /** Gives the function that takes the listener away again. */
      on: (name: "message" | "open" | "close" | "unread" | "identity", listener: Listener) => () => void;
      /** Who the visitor is, as the site's server has signed it; a function is asked whenever that is needed anew. */
      identify: (given: Given | Prover) => void;
      /** What the agent shall know of this visit, though nothing proves it; null takes it back. */
      setAttributes: (attributes: Record<string, Fact | null>) => void;
      /** The customer has signed out: this browser forgets the chat. */
      logout: () => void;
    };
  }
}

start();
