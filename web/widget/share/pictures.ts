import { isPicture } from "../../src/shared/cobrowse/allowed.ts";

const WIDEST = 640;
const LONGEST = 200_000;
const MOST_CHARACTERS = 1_500_000;

interface Node {
  type?: number;
  id?: number;
  tagName?: string;
  attributes?: Record<string, unknown>;
  childNodes?: Node[];
}

/**
 * The pictures of a page go along, as large as they are seen: the agent's browser fetches nothing from anywhere. Of another
 * site's pictures, which a page may show but not read, an empty box of their size is left.
 */
export class Pictures {
  private characters = 0;

  constructor(private readonly elementOf: (id: number) => unknown) {}

  /** A fresh page has room for all of its own. */
  begin(): void {
    this.characters = 0;
  }

  fill(node: Node, without: boolean): void {
    if (node.type === 2 && node.tagName === "img" && node.attributes && node.id !== undefined) {
      const element = this.elementOf(node.id);
      if (element instanceof HTMLImageElement) {
        const picture = without ? null : this.of(element);
        const { width, height } = element.getBoundingClientRect();
        if (picture) node.attributes["src"] = picture;
        else if (width > 0) Object.assign(node.attributes, { src: "", rr_width: `${width}px`, rr_height: `${height}px` });
      }
    }
    for (const child of node.childNodes ?? []) this.fill(child, without);
  }

  of(image: HTMLImageElement): string | null {
    const shown = image.getBoundingClientRect();
    if (!image.complete || image.naturalWidth === 0 || shown.width < 1 || shown.height < 1 || this.characters > MOST_CHARACTERS) return null;
    const scale = Math.min(1, WIDEST / shown.width);
    const canvas = document.createElement("canvas");
    canvas.width = Math.ceil(shown.width * scale);
    canvas.height = Math.ceil(shown.height * scale);
    try {
      canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
      const picture = canvas.toDataURL("image/webp", 0.6);
      if (picture.length > LONGEST || !isPicture(picture)) return null;
      this.characters += picture.length;
      return picture;
    } catch {
      return null; // of another site
    }
  }
}
