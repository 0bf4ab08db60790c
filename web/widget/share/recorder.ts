import { record } from "@rrweb/record";
import { Cleaner, FULL, META, type PageEvent } from "../../src/shared/cobrowse/clean.ts";
import { DOTS, hideCards } from "../../src/shared/cobrowse/hide.ts";
import { Pictures } from "./pictures.ts";
import { isPrivate, MarkWatch, PRIVATE, Secrets } from "./secrets.ts";

const TOGETHER_MS = 100;
const AGAIN_MS = 1000;
const LARGEST = 3_000_000;
/** Not the chat, not what marks the sharing, and no pages within the page. */
const BLOCKED = `tongdai-chat, tongdai-share, iframe, frame, object, embed, audio, video, canvas, ${PRIVATE}`;
const TYPED = "textarea, [contenteditable]:not([contenteditable='false']), [role='textbox'], [autocomplete^='cc-']";

/** What is looked at of rrweb's events before they are cleaned. */
interface Raw {
  node?: object;
  adds?: { parentId: number; node: object }[] | undefined;
  texts?: { id: number }[] | undefined;
  attributes?: { id: number }[] | undefined;
}

const dots = (text: string): string => (text.trim() ? DOTS : text);

export interface Told {
  /** The next of what the agent sees: a list of events, as text. */
  events: (text: string) => void;
  /** The page is too large to be shown. */
  tooLarge: () => void;
}

/** Tells what happens on this page, without what is typed, what is marked as private, and what addresses carry along. */
export class Recorder {
  private readonly secrets = new Secrets();
  private readonly cleaner = new Cleaner({
    text: (text) => this.secrets.inText(hideCards(text)),
    attribute: (text) => this.secrets.inAttribute(hideCards(text)),
  });
  private readonly pictures = new Pictures((id) => record.mirror.getNode(id));
  private readonly marks = new MarkWatch(() => this.again());
  private readonly loaded = ({ target }: Event): void => this.pictured(target);
  private waiting: PageEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private snapshotAt = 0;
  private due: ReturnType<typeof setTimeout> | undefined;
  private bare = false;
  private readonly stopRecording: (() => void) | undefined;

  constructor(private readonly told: Told) {
    this.secrets.look();
    document.addEventListener("load", this.loaded, true);
    this.stopRecording = record({
      emit: (event) => this.take(event),
      blockSelector: BLOCKED,
      maskAllInputs: true,
      maskInputFn: dots,
      maskTextSelector: TYPED,
      maskTextFn: dots,
      slimDOMOptions: "all",
      recordCanvas: false,
      inlineImages: false,
      collectFonts: false,
      // Fields tell once they are left: when each key was pressed is nobody's business either.
      sampling: { mousemove: 100, scroll: 150, input: "last" },
      errorHandler: () => true,
    });
  }

  /** The whole page anew: somebody began to look, or something got lost. */
  again(): void {
    const wait = this.snapshotAt + AGAIN_MS - Date.now();
    clearTimeout(this.due);
    this.due = setTimeout(() => {
      this.snapshotAt = Date.now();
      this.waiting = [];
      this.secrets.look();
      record.takeFullSnapshot(true);
    }, Math.max(0, wait));
  }

  stop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.due);
    this.stopRecording?.();
    this.secrets.stop();
    this.marks.stop();
    document.removeEventListener("load", this.loaded, true);
    this.waiting = [];
  }

  private take(event: unknown): void {
    const { type, data } = event as { type: number; data: Raw };
    if (type === FULL) this.pictures.begin();
    if (data.node) this.pictures.fill(data.node, this.bare);
    if (data.adds) this.hush(data);
    for (const { node } of data.adds ?? []) this.pictures.fill(node, this.bare);
    const kept = this.cleaner.clean(event);
    if (kept) this.push(kept);
  }

  /** What was seen before a site marked it: from then on nothing of it is told. */
  private hush(data: Raw): void {
    const seen = (id: number): boolean => !isPrivate(record.mirror.getNode(id));
    data.adds = data.adds?.filter(({ parentId }) => seen(parentId));
    data.texts = data.texts?.filter(({ id }) => seen(id));
    data.attributes = data.attributes?.filter(({ id }) => seen(id));
  }

  private push(event: PageEvent): void {
    this.waiting.push(event);
    this.timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  private flush(): void {
    this.timer = undefined;
    const events = this.waiting.splice(0);
    if (events.length === 0) return;
    const text = JSON.stringify(events);
    if (text.length <= LARGEST) this.told.events(text);
    else if (!this.bare) {
      this.bare = true; // once more without its pictures
      this.again();
    } else if (events.some(({ type }) => type === FULL || type === META)) this.told.tooLarge();
    else this.again();
  }

  private pictured(target: EventTarget | null): void {
    if (!(target instanceof HTMLImageElement) || this.bare || isPrivate(target)) return;
    const id = record.mirror.getId(target);
    const src = id > 0 ? this.pictures.of(target) : null;
    if (src) this.take({ type: 3, timestamp: Date.now(), data: { source: 0, texts: [], removes: [], adds: [], attributes: [{ id, attributes: { src } }] } });
  }
}
