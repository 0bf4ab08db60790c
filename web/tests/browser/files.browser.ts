import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
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

const composer = (page: Page) => page.locator("[data-composer] textarea:not([aria-hidden])");
const thread = (page: Page) => page.getByRole("region", { name: "Messages" });
const pdf = (name: string) => ({ name, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7 …") });

async function chatting(options: Parameters<Desktop["open"]>[1] = {}) {
  const opened = await desktop.open("/workspace", options);
  await desktop.phoneRegistered();
  await desktop.dev("chat", {});
  await opened.page.getByTestId("offer").waitFor();
  await opened.page.keyboard.press("Alt+a");
  await composer(opened.page).waitFor();
  return opened;
}

/** Files that come by the clipboard or by the mouse. */
const brought = (page: Page, how: "paste" | "drop", ...names: string[]): Promise<void> =>
  page.evaluate(([type, ...all]) => {
    const data = new DataTransfer();
    for (const name of all) data.items.add(new File(["bytes"], name, { type: "image/png" }));
    if (type === "paste") document.querySelector("[data-composer] textarea")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    else for (const kind of ["dragover", "drop"]) document.querySelector("main")?.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [how, ...names]);

/** A picture to look at, where somebody asks for them. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env["TONGDAI_PICTURES"];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/desktop-${name}.png` });
}

it("takes several files by keyboard, clipboard and mouse, and sends them with the words", async () => {
  const { page, faults } = await chatting();
  // Once the keys of the new contact are heard: a chooser that is asked for too early never comes.
  await page.waitForFunction(() => document.activeElement?.closest("[data-composer]") !== null);
  const choosing = page.waitForEvent("filechooser");
  await page.keyboard.press("Alt+u");
  await (await choosing).setFiles([pdf("bill 11.pdf"), pdf("terms.pdf")]);
  await brought(page, "paste", "image.png");
  await brought(page, "drop", "lamp.png");
  const tray = page.locator("[data-composer]").getByRole("list", { name: "Files" });
  await tray.getByText("lamp.png").waitFor();
  await tray.getByRole("progressbar").first().waitFor({ state: "detached" });
  expect(await tray.getByRole("listitem").count()).toBe(4);
  await page.getByRole("button", { name: "Take terms.pdf away" }).click();
  await composer(page).fill("Here you are");
  await shot(page, "files-tray");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await thread(page).getByText("Here you are").waitFor();
  await thread(page).getByText("Sending…").waitFor({ state: "detached" });
  expect(await thread(page).getByRole("link", { name: "bill 11.pdf" }).getAttribute("download")).toBe("bill 11.pdf");
  expect(await thread(page).getByRole("img").count() + (await thread(page).locator("img").count())).toBeGreaterThanOrEqual(2);
  expect(await tray.count()).toBe(0);
  expect(faults).toEqual([]);
});

it("says why a file does not go, and sends the rest", async () => {
  const { page } = await chatting();
  await brought(page, "drop", "tool.exe", "photo.png");
  await page.getByText("Files of this kind cannot be sent.").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await thread(page).getByRole("button", { name: "Look at photo.png" }).waitFor();
  expect(await page.locator("[data-composer]").getByText("tool.exe").count()).toBe(1);
  await page.getByRole("button", { name: "Take tool.exe away" }).click();
  await page.getByText("Files of this kind cannot be sent.").waitFor({ state: "detached" });
});

it("waits with its file for the network", async () => {
  const { page, context } = await chatting();
  await context.setOffline(true);
  await brought(page, "paste", "image.png");
  await composer(page).fill("offline");
  await page.keyboard.press("Enter");
  expect(await thread(page).getByText("offline", { exact: true }).count()).toBe(0);
  await context.setOffline(false);
  await thread(page).getByText("offline", { exact: true }).waitFor({ timeout: 20_000 });
  await thread(page).getByRole("button", { name: "Look at image.png" }).waitFor();
});

it.each([["en", 1440, "light"], ["vi", 360, "dark"]] as const)("shows pictures large, by keyboard: %s, %i px, %s", async (locale, width, colorScheme) => {
  const { page, faults } = await chatting({ locale, width, height: width === 360 ? 740 : 900, theme: "auto" });
  await page.emulateMedia({ colorScheme });
  await desktop.dev("chat-writes", { body: "", files: ["hỏng 1.png", "hỏng 2.png", "hóa đơn có một cái tên rất dài để xem nó có vừa trong khung không.pdf"] });
  const second = page.getByRole("button", { name: /hỏng 2\.png/ });
  await second.waitFor();
  await page.waitForFunction(() => [...document.querySelectorAll("img")].every((one) => one.complete && one.naturalWidth > 0));
  await shot(page, `files-${width}`);
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false);
  await second.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "hỏng 2.png" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("dialog", { name: "hỏng 1.png" }).waitFor();
  await page.getByRole("dialog").locator("img").waitFor();
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>("[role=dialog] img")?.complete && document.getAnimations().every((one) => one.playState !== "running"));
  await shot(page, `lightbox-${width}`);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.includes("hỏng 2.png") ?? false);
  expect(faults).toEqual([]);
});
