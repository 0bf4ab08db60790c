/** All styles are set one by one: a site's policy may forbid style attributes and sheets, but not this. */
export function dress(element: HTMLElement | SVGElement, styles: Partial<CSSStyleDeclaration>): void {
  Object.assign(element.style, styles);
}
