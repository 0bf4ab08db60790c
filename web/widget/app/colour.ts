/** WCAG 2.2: relative luminance of "#rrggbb". */
export function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: string, other: string): number {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

/** White where it is legible, else black: one of them always is. */
export function inkOn(colour: string): string {
  return contrast("#ffffff", colour) >= 4.5 ? "#ffffff" : "#000000";
}

/** The colour as text on this ground; mixed with ink until it is legible. */
export function legible(colour: string, ground: string): string {
  const towards = luminance(ground) > 0.4 ? 0 : 255;
  let found = colour;
  for (let step = 1; contrast(found, ground) < 4.5 && step <= 20; step++) {
    const parts = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16);
      return Math.round(part + ((towards - part) * step) / 20).toString(16).padStart(2, "0");
    });
    found = `#${parts.join("")}`;
  }
  return found;
}
