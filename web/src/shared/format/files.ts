import type { ChartTable } from "@/shared/components/ChartMenu";

const SCALE = 2;
const PADDING = 20;
const TITLE = 34;
const AXIS = 22;
const WIDTH = 760;
const HEIGHT = 220;
const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight"];

/** One cell: quoted where needed; a text that a spreadsheet would run as a formula is made a text. */
function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with the mark by which spreadsheets know UTF-8. */
export const csvText = (table: ChartTable): string =>
  `\uFEFF${[table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

function offer(name: string, extension: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[\\/:*?"<>|]+/g, " ").trim()}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export const saveCsv = (name: string, table: ChartTable): void => offer(name, "csv", new Blob([csvText(table)], { type: "text/csv;charset=utf-8" }));

/** Draws the chart in the reader's colours on the page's ground, large enough for a slide; its name above, its ends below. */
export async function savePng(name: string, drawing: SVGSVGElement | null, ends: [string, string]): Promise<void> {
  if (!drawing) throw new Error("there is no drawing");
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const parts = [...drawing.querySelectorAll<SVGElement>("*")];
  [...copy.querySelectorAll<SVGElement>("*")].forEach((part, index) => {
    const look = getComputedStyle(parts[index] ?? drawing);
    part.setAttribute("style", DRAWN.map((property) => `${property}:${look.getPropertyValue(property)}`).join(";"));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(WIDTH * SCALE));
  copy.setAttribute("height", String(HEIGHT * SCALE));
  const image = new Image();
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = (WIDTH + 2 * PADDING) * SCALE;
    canvas.height = (HEIGHT + 2 * PADDING + TITLE + AXIS) * SCALE;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("there is no canvas");
    const page = getComputedStyle(document.documentElement);
    context.fillStyle = page.getPropertyValue("--td-surface");
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = page.getPropertyValue("--td-text");
    context.font = `600 ${15 * SCALE}px ${getComputedStyle(document.body).fontFamily}`;
    context.fillText(name, PADDING * SCALE, (PADDING + 14) * SCALE);
    context.font = `${13 * SCALE}px ${getComputedStyle(document.body).fontFamily}`;
    const base = (PADDING + TITLE + HEIGHT + 18) * SCALE;
    context.fillText(ends[0], PADDING * SCALE, base);
    context.textAlign = "right";
    context.fillText(ends[1], (PADDING + WIDTH) * SCALE, base);
    context.drawImage(image, PADDING * SCALE, (PADDING + TITLE) * SCALE);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the picture could not be made");
    offer(name, "png", blob);
  } finally {
    URL.revokeObjectURL(address);
  }
}
