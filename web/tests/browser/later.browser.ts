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
const thread = (page: Page) => page.getByRole("region", { name: /Messages|Tin nhắn/ });
const shot = async (page: Page, name: string): Promise<void> => void (process.env.SHOTS && (await page.screenshot({ path: `${process.env.SHOTS}/later-${name}.png` })));

async function chatting(undo: number, options: Parameters<Desktop["open"]>[1] = {}) {
  const opened = await desktop.open("/workspace", options);
  await desktop.phoneRegistered();
  await desktop.dev("undo", { seconds: undo });
  await desktop.dev("chat", { body: "Where is my parcel?" });
  await opened.page.getByTestId("offer").waitFor();
  await opened.page.keyboard.press("Alt+a");
  await composer(opened.page).waitFor();
  return opened;
}

it("takes back what was sent into the field where it was written, by one key", async () => {
  const { page, faults } = await chatting(60);
  await composer(page).fill("Wrong window");
  await page.keyboard.press("Enter");
  await thread(page).getByText(/Goes out in \d+ seconds/).waitFor();
  await shot(page, "grace");
  await composer(page).fill("begun meanwhile");
  await page.keyboard.press("Alt+z");
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("[data-composer] textarea")?.value === "Wrong window\n\nbegun meanwhile");
  await thread(page).getByText(/Goes out in/).waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
  await desktop.dev("undo", { seconds: 1 });
  await page.keyboard.press("Enter");
  await thread(page).getByText("Sent", { exact: true }).waitFor();
  expect(faults).toEqual([]);
});

it("sends at a time that is chosen, and says what happens when the customer writes before", async () => {
  const { page, faults } = await chatting(0);
  await composer(page).fill("Good morning! It is on its way.");
  await page.keyboard.press("Alt+y");
  await page.getByRole("group", { name: "Send later" }).waitFor();
  await shot(page, "choose");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("checkbox", { name: "Only if no answer comes before" }).check();
  await page.getByRole("button", { name: "Tomorrow, 9:00" }).click();
  await thread(page).getByText(/Goes out .*9:00.*, only if no answer comes/).waitFor();
  await desktop.dev("chat-writes", { body: "Never mind" });
  await thread(page).getByText("The customer has written meanwhile. It will not be sent.").waitFor();
  await shot(page, "waiting");
  expect(await violations(page)).toEqual([]);
  await desktop.dev("stopped", { why: "answered" });
  await thread(page).getByText("Not sent: the customer wrote before.").waitFor();
  await page.getByRole("button", { name: "Change the time" }).click();
  await page.getByRole("checkbox", { name: "Only if no answer comes before" }).uncheck();
  await page.getByRole("button", { name: "In an hour" }).click();
  await thread(page).getByText("The customer has written meanwhile. It goes out all the same.").waitFor();
  await page.getByRole("button", { name: "Send now" }).click();
  await thread(page).getByText(/sent as planned/).waitFor();
  expect(faults).toEqual([]);
});

it("completes colleagues in notes by keyboard and says who is not told", async () => {
  const { page, faults } = await desktop.open("/inbox?view=waiting");
  await page.getByRole("listitem").filter({ has: page.locator("button[class*=row]") }).first().click();
  await composer(page).waitFor();
  await composer(page).click();
  await page.keyboard.type("Please look @");
  await page.getByRole("listbox", { name: "Colleagues" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await shot(page, "mention");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByText(/^May not read this conversation and is not told/).waitFor();
  expect(await composer(page).inputValue()).toMatch(/^Please look @\S.* $/);
  await page.keyboard.type("at this");
  await page.keyboard.press("Enter");
  await thread(page).locator("b", { hasText: "@" }).waitFor();
  await page.getByRole("button", { name: /^Follow$/ }).click();
  await page.getByRole("button", { name: /^Following$/ }).waitFor();
  expect(faults).toEqual([]);
});

it("tells who is mentioned wherever they are, and leads there", async () => {
  const { page, faults } = await desktop.open("/calls");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
  const told = page.getByText(/mentioned you in the conversation with/);
  for (let tries = 0; tries < 20 && !(await told.count()); tries += 1) {
    await desktop.dev("mentioned", { number: 9 });
    await page.waitForTimeout(250);
  }
  await page.getByRole("button", { name: "Open", exact: true }).first().click();
  await page.waitForURL(/inbox.*view=mentioned/);
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  await shot(page, "mentioned");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it("fits a phone, in the dark, in Vietnamese", async () => {
  const { page, faults } = await chatting(0, { width: 360, height: 740, locale: "vi", dark: true });
  await composer(page).fill("Chào bạn, đơn đang trên đường giao.");
  await page.keyboard.press("Alt+y");
  await page.getByRole("button", { name: "9:00 ngày mai" }).click();
  await thread(page).getByText(/Sẽ gửi lúc/).waitFor();
  await shot(page, "phone-vi-dark");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it("gives on whom another agent has, by keyboard", async () => {
  const { page, faults } = await desktop.open("/inbox?view=open");
  const row = page.getByRole("listitem").filter({ has: page.locator("button[class*=row]") }).filter({ hasText: /Open/ }).filter({ hasNotText: "Lê Thị Lan" }).first();
  await row.click();
  await page.getByText(/ has this customer\. You can leave a note/).waitFor();
  await page.keyboard.press("g");
  await page.getByText(/has this customer and is told/).waitFor();
  await shot(page, "give");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("group", { name: "Give to…" }).getByRole("button", { name: /Ready|Not ready/ }).first().click();
  await page.getByText(/has the customer now/).waitFor();
  expect(faults).toEqual([]);
});
