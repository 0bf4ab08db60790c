import { describe, expect, it } from "vitest";
import { Joined } from "@/features/channels/cobrowse/joined";
import { howShown, quietStyles } from "@/shared/cobrowse/allowed";
import { Cleaner, type PageEvent } from "@/shared/cobrowse/clean";
import { bareAddress, DOTS, hideCards, Typed } from "@/shared/cobrowse/hide";

type Attributes = Record<string, unknown>;
let ids = 0;
const element = (tagName: string, attributes: Attributes = {}, ...childNodes: object[]) => ({ type: 2, id: (ids += 1), tagName, attributes, childNodes });
const words = (textContent: string) => ({ type: 3, id: (ids += 1), textContent });
const page = (...childNodes: object[]) => ({ type: 2, timestamp: 1, data: { node: { type: 0, id: (ids += 1), childNodes: [element("html", {}, element("body", {}, ...childNodes))] }, initialOffset: { left: 0, top: 0 } } });
const change = (data: object) => ({ type: 3, timestamp: 1, data });

const typed = new Typed();
typed.add("hunter22");
const cleaner = () => new Cleaner({ text: hideCards, attribute: (text) => typed.hide(hideCards(text)) });
const shown = (event: object, by = cleaner()): string => JSON.stringify(by.clean(event));
const only = (node: object): Attributes => {
  const event = cleaner().clean(page(node)) as PageEvent & { data: { node: { childNodes: { childNodes: { childNodes: { tagName: string; attributes: Attributes }[] }[] }[] } } };
  const found = event.data.node.childNodes[0]?.childNodes[0]?.childNodes[0];
  return { tag: found?.tagName, ...found?.attributes };
};

describe("what is hidden in words", () => {
  it.each([
    ["Card 4111 1111 1111 1111 ends", `Card ${DOTS} ends`], ["4111-1111-1111-1111", DOTS], ["id:0004111111111111111", `id:${DOTS}`],
    ["+84 901 234 567", "+84 901 234 567"], ["Order 1234567890123", "Order 1234567890123"], ["5555.5555.5555.4444", DOTS], ["378282246310005", DOTS],
  ])("%s", (text, kept) => expect(hideCards(text)).toBe(kept));

  it("is what was typed, however a page repeats it", () => {
    const one = new Typed(2);
    for (const value of ["abc", "4111111111111111", "Anna (x)"]) one.add(value);
    expect(one.hide("anna (X), 4111 1111-1111 1111, abc")).toBe(`${DOTS}, ${DOTS}, abc`);
    one.add("newer");
    expect(one.hide("4111111111111111 newer")).toBe(`4111111111111111 ${DOTS}`);
    const letters = new Typed();
    for (let end = 1; end <= 40; end += 1) letters.add("abcdefghijklmnopqrstuvwxyz0123456789ABCD".slice(0, end));
    expect(letters.hide("abcdefghijklmnopqrstuvwxyz0123456789ABC")).toBe(DOTS);
    expect(letters.hide("abcdef")).toBe("abcdef");
  });

  it("is what addresses carry along", () => {
    expect(bareAddress("https://u:p@shop.example/a/b?token=1#me")).toBe("https://shop.example/a/b");
    for (const bad of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", ""]) expect(bareAddress(bad)).toBe("");
  });
});

describe("a page", () => {
  it("shows no value of any field", () => {
    for (const type of ["text", "password", "email", "tel", "number", "search", "date", "TEXT", "unheard-of", ""])
      expect(only(element("input", { type, value: "secret", title: "secret", "data-value": "secret", name: "secret", "aria-valuetext": "secret" }))).toEqual({ tag: "input", type, value: DOTS });
    for (const type of ["hidden", "checkbox", "radio", "file", "image"]) expect(only(element("input", { type, value: "secret" }))).toEqual({ tag: "input", type });
    expect(only(element("input", { type: "submit", value: "Buy now" }))["value"]).toBe("Buy now");
    expect(shown(page(element("textarea", { value: "secret" }, words("secret"))))).not.toContain("secret");
    expect(shown(page(element("div", { contenteditable: "" }, element("b", {}, words("secret")))))).not.toContain("secret");
    expect(only(element("option", { value: "secret", selected: true }))).toEqual({ tag: "option" });
  });

  it("shows of what is typed nothing that a site puts into attributes", () => {
    expect(only(element("input", { placeholder: "hunter22", class: "x-hunter22" }))).toEqual({ tag: "input", placeholder: DOTS, class: "x-hunter22" });
    expect(only(element("div", { "data-a": "hunter", "data-b": "a token 9f86d081884c7d65", "aria-label": "hunter22!", "data-state": "open", "data-n": "12" }))).toEqual({ tag: "div", "data-a": "hunter", "data-b": "", "aria-label": "", "data-state": "open", "data-n": "12" });
  });

  it("leads nowhere and fetches nothing", () => {
    expect(only(element("a", { href: "https://evil.example/?q=secret", ping: "https://evil.example", target: "_top" }))).toEqual({ tag: "a", href: "#" });
    expect(only(element("img", { src: "https://evil.example/x.png", srcset: "https://evil.example/y.png 2x", alt: "Lamp", onerror: "alert(1)" }))).toEqual({ tag: "img", alt: "Lamp" });
    expect(only(element("img", { src: "data:image/png;base64,AAAA" }))).toEqual({ tag: "img", src: "data:image/png;base64,AAAA" });
    expect(only(element("img", { src: "data:image/svg+xml;base64,AAAA" }))).toEqual({ tag: "img" });
    expect(only(element("use", { href: "https://evil.example/#x", "xlink:href": "#lamp" }))).toEqual({ tag: "use", "xlink:href": "#lamp" });
    expect(quietStyles("@import url(//evil.example);a{background:url( 'https://e.example' ) red;mask:url(#m)}")).toBe("a{background:none red;mask:url(#m)}");
    expect(only(element("link", { rel: "stylesheet", href: "https://shop.example/a.css", _cssText: "b{src:url(x)}" }))).toEqual({ tag: "style", _cssText: "b{src:none}" });
  });

  it.each(["script", "noscript", "meta", "base", "link", "template", "bad tag", "x><y"])("keeps the place of <%s> and nothing of it", (tag) => {
    const all = only(element(tag, { src: "https://evil.example", "http-equiv": "refresh", content: "0;url=https://evil.example" }, words("alert(1)")));
    expect(all).toEqual({ tag: "i", hidden: "" });
  });

  it.each(["iframe", "object", "embed", "video", "canvas"])("puts a box in the place of <%s>", (tag) => {
    expect(only(element(tag, { src: "https://evil.example", srcdoc: "<script>", rr_width: "10px", rr_src: "https://evil.example" }, words("inside")))).toEqual({ tag: "div", rr_width: "10px" });
  });
});

describe("what changes on a page", () => {
  it("is judged by what is known of its element", () => {
    const by = cleaner();
    const field = element("input", { type: "text" });
    const box = element("div", {});
    const area = element("div", { contenteditable: "true" });
    by.clean(page(field, box, area));
    const text = words("secret");
    const told = shown(change({ source: 0, texts: [], removes: [], adds: [{ parentId: area.id, nextId: null, node: text }],
      attributes: [{ id: field.id, attributes: { value: "secret", "data-x": "secret" } }, { id: box.id, attributes: { value: "secret", "data-x": "open", style: { background: "url(https://e.example)", color: ["red", "important"], top: false } } }, { id: 99_999, attributes: { "data-x": "secret", class: "x" } }] }), by);
    expect(told).not.toContain("secret");
    expect(told).not.toContain("e.example");
    expect(told).toContain('"data-x":"open"');
    expect(shown(change({ source: 0, texts: [{ id: text.id, value: "secret" }], attributes: [], removes: [], adds: [] }), by)).not.toContain("secret");
    const frame = element("iframe", {});
    by.clean(change({ source: 0, texts: [], removes: [], attributes: [], adds: [{ parentId: box.id, nextId: null, node: frame }] }));
    for (const parentId of [frame.id, 99_999]) {
      const inside = element("p", {}, words("secret"));
      expect(shown(change({ source: 0, removes: [], adds: [{ parentId, nextId: null, node: inside }], texts: [{ id: inside.id + 1, value: "secret" }], attributes: [{ id: inside.id, attributes: { title: "secret", class: "secret" } }] }), by)).not.toContain("secret");
    }
    expect(shown(change({ source: 5, id: field.id, text: "secret", isChecked: false }), by)).toContain(DOTS);
  });

  it("is told of what is seen alone", () => {
    for (const source of [7, 9, 10, 11, 12, 14, 16, 99]) expect(cleaner().clean(change({ source, id: 1, x: "secret" }))).toBeNull();
    for (const type of [0, 1, 5, 6]) expect(cleaner().clean({ type, timestamp: 1, data: { tag: "x", payload: {} } })).toBeNull();
    expect(cleaner().clean(change({ source: 1, positions: [{ x: 1, y: 2, id: 3, timeOffset: -5, more: "secret" }] }))?.data).toEqual({ source: 1, positions: [{ x: 1, y: 2, id: 3, timeOffset: -5 }] });
    expect(cleaner().clean(change({ source: 8, id: 1, adds: [{ rule: "a{background:url(https://e.example)}", index: 0 }], removes: [] }))?.data).toEqual({ source: 8, id: 1, adds: [{ rule: "a{background:none}", index: 0 }], removes: [] });
  });

  it("may be anything, and does no harm", () => {
    let deep: object = words("end");
    for (let depth = 0; depth < 5000; depth += 1) deep = element("b", {}, deep);
    for (const bad of [null, 1, "x", [], {}, { type: 2 }, { type: 2, data: { node: deep } }, { type: 3, data: { source: 0, adds: "x", texts: [null], attributes: [{}] } }, { type: 4, data: {} }, { type: 3, data: { source: "0" } }, page({ type: 2, id: "x", tagName: 7, attributes: [], childNodes: {} })])
      expect(() => cleaner().clean(bad)).not.toThrow();
    expect(howShown("div", "__proto__")).toBe("no");
  });
});

it("puts messages together and tells what is missing", () => {
  const one = new Joined();
  expect(one.take("0|0/1|[]")).toEqual({ message: "[]", gap: false });
  expect(one.take("1|0/2|ab")).toEqual({ message: null, gap: false });
  expect(one.take("1|1/2|cd")).toEqual({ message: "abcd", gap: false });
  expect(one.take("3|0/1|x").gap).toBe(true);
  expect(one.take("4|0/1|y")).toEqual({ message: "y", gap: false });
  expect(one.take("5|1/2|z").gap).toBe(true);
  expect(one.take("0|0/1|again")).toEqual({ message: "again", gap: false });
  expect(one.take("nonsense").gap).toBe(true);
});
