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
const linked = (page: Page) => page.getByRole("region", { name: "Linked conversations" });
const shot = async (page: Page, name: string): Promise<void> => void (process.env.SHOTS && (await page.screenshot({ path: `${process.env.SHOTS}/links-${name}.png` })));
const heading = (page: Page) => page.getByRole("heading", { level: 2 }).first();

it("links two conversations by keyboard, shows it in both, and takes it back", async () => {
  const { page, faults } = await desktop.open("/inbox?view=mine", { width: 1760 });
  await rows(page).first().click();
  await heading(page).click();
  const name = await heading(page).innerText();
  await page.keyboard.press("o");
  const dialog = page.getByRole("dialog", { name: "Link with another conversation" });
  const field = dialog.getByRole("combobox", { name: "Conversation" });
  await field.fill("4711");
  const option = page.getByRole("option").filter({ hasText: "4711" }).first();
  await option.waitFor();
  await shot(page, "search");
  expect(await violations(page)).toEqual([]);
  const other = await option.locator("strong").innerText();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Link" }).click();
  await dialog.waitFor({ state: "detached" });
  await linked(page).getByRole("button", { name: new RegExp(`^${other}`) }).waitFor();
  await shot(page, "panel");
  expect(await violations(page)).toEqual([]);
  await linked(page).getByRole("button", { name: new RegExp(`^${other}`) }).click();
  await page.getByRole("heading", { level: 2, name: other }).waitFor();
  await linked(page).getByRole("button", { name: new RegExp(`^${name}`) }).waitFor();
  await linked(page).getByRole("button", { name: `Remove the link to ${name}` }).click();
  await linked(page).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await linked(page).getByRole("button", { name: new RegExp(`^${name}`) }).waitFor();
  expect(faults).toEqual([]);
});

it("shows links on a narrow page and in the dark, and how many one may not read", async () => {
  const { page, faults } = await desktop.open("/inbox?view=all", { dark: true, width: 420, height: 860 });
  await rows(page).nth(12).click();
  await page.getByRole("tab").nth(1).click();
  await linked(page).getByText("1 more that you may not read").waitFor();
  await shot(page, "narrow-dark");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});
