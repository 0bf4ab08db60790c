/** Which attributes of a page's elements are shown. Nothing that is not named here leaves the customer's browser. */

const words = (text: string): Set<string> => new Set(text.split(" "));

/** Elements that could fetch, run or lead somewhere: an empty box stands in their place. */
export const BOXED = words("iframe frame frameset object embed applet audio video source track canvas portal fencedframe webview");
/** Elements that show nothing. */
export const SILENT = words("script noscript meta base link template param");
export const FIELDS = words("input textarea select option datalist output progress meter");
/** Inputs whose value is a label that anybody sees. */
export const LABELS = words("submit button reset");

const SHAPE = words(
  "class id style dir lang hidden role width height open colspan rowspan align valign border cellpadding cellspacing bgcolor color face size cols rows " +
    "disabled readonly multiple start reversed wrap span scope nowrap slot part popover inert " +
    "rr_width rr_height rr_scrollleft rr_scrolltop rr_open_mode",
);
const FIELD = words("type checked placeholder label");
const DRAWING = words(
  "viewbox d x y x1 x2 y1 y2 cx cy r rx ry fx fy dx dy points transform opacity offset pathlength preserveaspectratio xmlns version " +
    "gradientunits gradienttransform spreadmethod patternunits patterntransform clippathunits maskunits markerwidth markerheight refx refy orient " +
    "fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity " +
    "stop-color stop-opacity clip-path clip-rule mask filter vector-effect text-anchor dominant-baseline font-size font-family font-weight letter-spacing",
);
const PLAIN = /^[A-Za-z]*(?:[ _-][A-Za-z]+){0,3}$|^\d{1,3}$/;
const LONGEST_WORD = 24;
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]*$/;

export const isPicture = (address: string): boolean => PICTURE.test(address);

/** How an attribute is shown: as a page is drawn by it, as a text, as styles, as a fragment of the same page, not at all … */
export type How = "shape" | "text" | "styles" | "fragment" | "picture" | "word" | "nowhere" | "value" | "no";

export function howShown(tag: string, name: string): How {
  const lower = name.toLowerCase();
  const field = FIELDS.has(tag);
  if (lower === "_csstext" || lower === "style") return "styles";
  if (lower === "src" && tag === "img") return "picture";
  if (lower === "href") return tag === "a" || tag === "area" ? "nowhere" : "fragment";
  if (lower === "xlink:href") return "fragment";
  if (lower === "value") return tag === "input" || tag === "textarea" ? "value" : "no";
  if (FIELD.has(lower)) return field || tag === "button" || tag === "optgroup" ? "text" : "no";
  if (lower === "alt" && tag === "img") return "text";
  if (SHAPE.has(lower) || DRAWING.has(lower)) return "shape";
  // Sites style by these; what else they put into them is nobody's business.
  return !field && /^(?:data|aria)-[\w-]+$/.test(lower) ? "word" : "no";
}

export const wordOf = (value: string): string => (value.length <= LONGEST_WORD && PLAIN.test(value) ? value : "");

/** Signs that are drawn within the styles themselves; as a picture, an SVG runs and fetches nothing. */
const isSign = (address: string): boolean => /^data:image\/svg\+xml[;,]/.test(address) && address.length < 20_000;

const URLS = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*?))\s*\)/gi;

/** Styles that fetch nothing. */
export function quietStyles(text: string): string {
  return text
    .replace(/@import[^;]*(?:;|$)/gi, "")
    .replace(URLS, (whole: string, one?: string, other?: string, bare?: string) => {
      const address = one ?? other ?? bare ?? "";
      return isPicture(address) || isSign(address) || /^#[\w-]+$/.test(address) ? whole : "none";
    });
}
