import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterAll(() => desktop.stop());
beforeEach(() => desktop.dev("reset"));
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));

let ids = 0;
const element = (tagName: string, attributes: object = {}, ...childNodes: object[]) => ({ type: 2, id: (ids += 1), tagName, attributes, childNodes });
const words = (textContent: string) => ({ type: 3, id: (ids += 1), textContent });
const STYLES = "body{margin:0;font:16px sans-serif;background:#fffbe8}header{background:#7a1420;color:#fff;padding:20px 40px;font-size:28px}main{padding:30px 40px}input{display:block;margin:6px 0 18px;padding:8px;width:280px;font-size:16px}a{color:#7a1420}";

/** A page as a customer's browser tells of it; with what a stranger's could put into it. */
const snapshot = () => [
  { type: 4, timestamp: 1, data: { href: "https://lanterns.example/checkout", width: 1200, height: 800 } },
  { type: 2, timestamp: 1, data: { initialOffset: { left: 0, top: 0 }, node: { type: 0, id: (ids += 1), childNodes: [
    { type: 1, id: (ids += 1), name: "html", publicId: "", systemId: "" },
    element("html", {}, element("head", {}, element("style", { _cssText: STYLES }), element("base", { href: "https://evil.example/" }), element("meta", { "http-equiv": "refresh", content: "0;url=https://evil.example/meta" }), element("link", { rel: "stylesheet", href: "https://evil.example/sheet.css" }), element("script", { src: "https://evil.example/x.js" }, words("parent.hacked = 1"))),
      element("body", { onload: "parent.hacked = 1", style: "background-image: url(https://evil.example/back.png)" }, element("header", {}, words("Lanterns of Hội An")), element("main", {}, element("label", {}, words("Card number"), element("input", { value: "4111 1111 1111 1111" })), element("label", {}, words("Name on it"), element("input", { value: "An" })), element("p", {}, words("Total: 380,000 ₫. "), element("a", { href: "javascript:parent.hacked=1" }, words("Terms"))),
        element("img", { src: "https://evil.example/x.png", onerror: "parent.hacked = 1", alt: "" }), element("iframe", { src: "https://evil.example/frame", srcdoc: "<script>parent.hacked=1</script>" }), element("svg", { onload: "parent.hacked = 1" }), element("object", { data: "https://evil.example/o" }))))] } } },
];

async function chatting(options: Parameters<Desktop["open"]>[1] = {}): Promise<{ page: Page; context: BrowserContext; faults: string[]; said: string[]; fetched: string[] }> {
  const opened = await desktop.open("/workspace", options);
  const said: string[] = [];
  const fetched: string[] = [];
  opened.page.on("request", (request) => !request.url().startsWith(desktop.url) && /^http/.test(request.url()) && fetched.push(request.url()));
  await opened.page.routeWebSocket("**/shares/*/socket", (socket) => {
    socket.onMessage((message) => void said.push(String(message)));
    socket.send('{"op":"here"}');
    const text = JSON.stringify(snapshot());
    const half = Math.floor(text.length / 2);
    socket.send(`>0|0/2|${text.slice(0, half)}`);
    socket.send(`>0|1/2|${text.slice(half)}`);
  });
  await desktop.phoneRegistered();
  await desktop.dev("chat");
  await opened.page.getByTestId("offer").waitFor();
  await opened.page.keyboard.press("Alt+a");
  await opened.page.locator("[data-composer] textarea:not([aria-hidden])").waitFor();
  return { ...opened, said, fetched };
}

it("asks for the customer's page by a key, takes the question back, and says what became of it", async () => {
  const { page, faults } = await chatting();
  await page.getByRole("button", { name: "See their page" }).waitFor();
  await page.keyboard.press("Alt+o");
  const panel = page.getByRole("region", { name: "The page of" });
  await panel.getByText("is asked to show their page").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Alt+o");
  await panel.waitFor({ state: "detached" });
  await page.keyboard.press("Alt+o");
  await panel.waitFor();
  await desktop.dev("share-answer", { why: "declined" });
  await page.getByText("does not want to show their page").first().waitFor();
  await panel.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

it.each([[1440, 900, false], [1440, 900, true], [360, 740, false]])("shows the page at %i × %i, dark %s, and neither runs nor fetches anything of it", async (width, height, dark) => {
  const { page, faults, said, fetched } = await chatting({ width, height, dark });
  await page.keyboard.press("Alt+o");
  await page.getByRole("region", { name: "The page of" }).getByText("is asked").waitFor();
  await desktop.dev("share-answer");
  const frame = page.frameLocator("iframe[sandbox]");
  await frame.getByText("Lanterns of Hội An").waitFor();
  await frame.getByText("Total: 380,000").waitFor();
  expect(await frame.locator("input").first().inputValue()).toBe("••••••");
  await page.getByText("lanterns.example/checkout").waitFor({ state: width > 600 ? "visible" : "attached" });
  const glass = page.getByRole("application", { name: "The page of" });
  await glass.scrollIntoViewIfNeeded();
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/share-${width}-${dark}.png` });
  expect(await violations(page)).toEqual([]);

  // A click in the middle of what is seen is the middle of the customer's window, whatever the scale.
  const box = await page.locator("iframe[sandbox]").boundingBox();
  if (!box) throw new Error("no page is seen");
  const clip = await glass.boundingBox();
  if (!clip) throw new Error("no glass");
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect.poll(() => said.some((one) => one.includes('"mark"'))).toBe(true);
  const mark = JSON.parse(said.find((one) => one.includes('"mark"')) ?? "{}") as { x: number; y: number };
  expect(Math.abs(mark.x - 600)).toBeLessThan(6);
  expect(Math.abs(mark.y - 400)).toBeLessThan(6);
  await glass.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect.poll(() => said.filter((one) => one.includes('"mark"')).length).toBe(2);

  if (width > 600) {
    await page.getByRole("button", { name: "Larger" }).click();
    await expect.poll(async () => (await page.locator("iframe[sandbox]").boundingBox())?.width).toBeGreaterThan(box.width);
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/share-large-${dark}.png` });
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Smaller" }).click();
  }
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
  expect(fetched).toEqual([]);
  expect(faults).toEqual([]);
  await page.getByRole("button", { name: "Stop looking" }).click();
  await page.locator("iframe[sandbox]").waitFor({ state: "detached" });
});
