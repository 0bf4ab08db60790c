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

const rows = (page: Page) => page.getByRole("region", { name: /^(Open|Mine|Waiting|All)$/ }).getByRole("listitem");
const chosen = (page: Page) => page.locator("[role=listitem] [aria-current]");
const composer = (page: Page) => page.locator("[data-composer] textarea:not([aria-hidden])");
const shot = async (page: Page, name: string): Promise<void> => void (process.env.SHOTS && (await page.screenshot({ path: `${process.env.SHOTS}/inbox-${name}.png` })));

it("goes through the list by keyboard, and a message that comes moves its conversation up without losing the place", async () => {
  const { page, faults } = await desktop.open("/inbox");
  await rows(page).first().waitFor();
  await page.keyboard.press("j");
  await chosen(page).waitFor();
  const first = await chosen(page).innerText();
  await page.keyboard.press("j");
  await page.waitForFunction((text) => document.querySelector<HTMLElement>("[role=listitem] [aria-current]")?.innerText !== text, first);
  const second = await chosen(page).locator("strong").innerText();
  await page.getByRole("heading", { level: 2, name: second }).waitFor();
  await desktop.dev("inbox-writes", { number: 7, body: "Is anybody there?" });
  await rows(page).first().getByText("Is anybody there?").waitFor();
  expect(await chosen(page).locator("strong").innerText()).toBe(second);
  await page.keyboard.press("k");
  await page.waitForFunction((text) => document.querySelector<HTMLElement>("[role=listitem] [aria-current] strong")?.innerText !== text, second);
  await page.keyboard.press("/");
  await page.waitForFunction(() => document.activeElement?.getAttribute("type") === "search");
  await page.keyboard.type("4711");
  await page.waitForURL(/q=.*4711/);
  await page.waitForFunction(() => [...document.querySelectorAll("[role=listitem]")].every((row) => row.textContent?.includes("4711")));
  expect(faults).toEqual([]);
});

it("lets whoever has not the customer write notes only, and shows who else is there", async () => {
  const { page, faults } = await desktop.open("/inbox?view=waiting");
  await rows(page).first().click();
  await page.getByText(/^Waits in/).waitFor();
  await composer(page).waitFor();
  expect(await composer(page).getAttribute("placeholder")).toMatch(/note/);
  await desktop.dev("inbox-here", { number: 1, doing: "writing" });
  await page.getByText(/is writing$/).waitFor();
  await shot(page, "wide");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it("takes who waits by one key and answers in place", async () => {
  const { page, faults } = await desktop.open("/inbox?view=waiting");
  await rows(page).first().click();
  await page.getByRole("button", { name: /^Take it/ }).waitFor();
  await page.getByRole("heading", { level: 2 }).click();
  await page.keyboard.press("t");
  await page.getByRole("textbox", { name: /^Write to/ }).waitFor();
  expect(await page.getByText(/^Waits in/).count()).toBe(0);
  expect(faults).toEqual([]);
});

it("offers a chat to a colleague and keeps it when they do not take it", async () => {
  const { page, faults } = await desktop.open("/workspace");
  await desktop.phoneRegistered();
  await desktop.dev("chat", { body: "Where is my parcel?" });
  await page.getByTestId("offer").waitFor();
  await page.keyboard.press("Alt+a");
  await composer(page).waitFor();
  await page.keyboard.press("Alt+t");
  const where = page.getByRole("group", { name: "Send on" });
  await where.getByText("Or offer the customer to a colleague").waitFor();
  await where.getByRole("button", { name: /Ready$/ }).first().click();
  await page.getByText(/^Offered to/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Keep the customer" }).click();
  await page.getByText(/^Offered to/).waitFor({ state: "detached" });
  expect(await page.getByText(/did not take the customer/).count()).toBe(0);
  await composer(page).waitFor();
  expect(faults).toEqual([]);
});

it("inserts a canned reply by keyboard, and keeps one of one's own", async () => {
  const { page, faults } = await desktop.open("/inbox?view=mine");
  await rows(page).first().click();
  await composer(page).focus();
  await page.keyboard.type("/");
  const list = page.getByRole("listbox", { name: "Canned replies" });
  await list.getByRole("option").nth(2).waitFor();
  await shot(page, "replies");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("ArrowDown");
  await list.getByRole("option", { name: "/hours", selected: true }).waitFor();
  await page.keyboard.type("bye");
  await list.getByRole("option", { name: "/hours" }).waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await list.waitFor({ state: "detached" });
  expect(await composer(page).inputValue()).toBe("Thank you for writing!");
  await composer(page).fill("/late");
  await page.getByText("No reply begins like this.").waitFor();
  await page.getByRole("button", { name: "New reply of mine" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Text" }).fill("Sorry that it is late.");
  await form.getByRole("button", { name: "Save" }).click();
  await list.getByRole("option", { name: "/late" }).click();
  expect(await composer(page).inputValue()).toBe("Sorry that it is late.");
  expect(faults).toEqual([]);
});

it("puts a conversation aside by one key, takes that back, and tags it", async () => {
  const { page, faults } = await desktop.open("/inbox?view=mine");
  await rows(page).first().click();
  const name = await chosen(page).locator("strong").innerText();
  await page.getByRole("heading", { level: 2, name }).click();
  await page.keyboard.press("e");
  await page.getByRole("button", { name: "Until tomorrow, 9:00" }).waitFor();
  await shot(page, "snooze");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Until tomorrow, 9:00" }).click();
  await page.getByRole("button", { name: "Bring back" }).waitFor();
  await page.getByText(/^Put aside until/).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Bring back" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Tags" }).click();
  await page.locator("input[data-autofocus]").fill("urgent");
  await page.keyboard.press("Enter");
  await page.getByText("#urgent").waitFor();
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it.each([["vi", 360], ["uk", 1100]])("has no axe violation, light or dark, and nothing wider than the page: %s, %i px", async (locale, width) => {
  const { page, faults } = await desktop.open("/inbox", { locale, width, height: 740, theme: "auto" });
  const look = async (where: string): Promise<string[]> => {
    const found: string[] = [];
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
      found.push(...(await violations(page)).map((what) => `${where} (${scheme}): ${what}`));
      await shot(page, `${where}-${locale}-${scheme}`);
    }
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) found.push(`${where} is too wide`);
    return found;
  };
  await page.locator("[role=listitem]").first().waitFor();
  expect(await look("list")).toEqual([]);
  await page.locator("[role=listitem] button").first().click();
  await composer(page).waitFor();
  expect(await look("thread")).toEqual([]);
  expect(faults).toEqual([]);
});

it("tags many and puts them aside at once, says what could not be, and undoes it", async () => {
  const { page, faults } = await desktop.open("/inbox?view=all");
  await rows(page).first().waitFor();
  await page.keyboard.press("j");
  await chosen(page).waitFor();
  await page.keyboard.press("x");
  await page.getByText("1 chosen").waitFor();
  await page.getByRole("checkbox").nth(3).click({ modifiers: ["Shift"] });
  await page.getByText("4 chosen").waitFor();
  await shot(page, "many");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Tags…" }).click();
  await page.getByRole("combobox", { name: "Add" }).fill("urgent");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Change tags" }).click();
  await page.getByText("4 conversations changed.").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("[role=listitem]").length > 3 && [...document.querySelectorAll("[role=listitem]")].filter((row) => /urgent|\+1/.test(row.textContent ?? "")).length === 4);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("[role=listitem]")].every((row) => !row.textContent?.includes("urgent")));
  await page.getByRole("button", { name: "Choose several" }).click();
  await page.getByRole("button", { name: "Choose all shown" }).click();
  await page.getByRole("group", { name: "Choose several" }).getByRole("button", { name: "Put aside" }).click();
  await page.getByRole("button", { name: "For an hour" }).click();
  await page.getByText(/could not be changed: their customers wait/).waitFor();
  expect(faults).toEqual([]);
});

it("keeps a view under a name, goes back to it, and deletes it with a way back", async () => {
  const { page, faults } = await desktop.open("/inbox?view=all&tag=VIP");
  await rows(page).first().waitFor();
  await page.getByRole("button", { name: "Keep this view" }).click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("Very important");
  await page.keyboard.press("Enter");
  const view = page.getByRole("list", { name: "Kept views" }).getByRole("button", { name: /^Very important/ });
  await view.waitFor();
  expect(await view.getAttribute("aria-current")).toBe("true");
  await page.getByRole("list", { name: "Views" }).getByRole("button", { name: /^Open/ }).click();
  await page.waitForURL(/view=open/);
  await view.click();
  await page.waitForURL(/tag=VIP/);
  await page.waitForURL(/view=all/);
  await shot(page, "kept");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Delete the view Very important" }).click();
  await view.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await view.waitFor();
  expect(faults).toEqual([]);
});
