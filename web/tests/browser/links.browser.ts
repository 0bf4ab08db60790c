import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { id } from "../../dev/random";
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

it("merges a conversation that is over into the one that goes on, shows it there, and undoes it", async () => {
  const { page, faults } = await desktop.open("/inbox?view=mine", { width: 1440 });
  await rows(page).first().click();
  await heading(page).click();
  const name = await heading(page).innerText();
  await page.keyboard.press("m");
  const dialog = page.getByRole("dialog", { name: "Merge two conversations" });
  await dialog.getByRole("combobox", { name: "Conversation" }).fill("Дякую");
  const option = page.getByRole("option").filter({ hasText: "Closed" }).first();
  await option.waitFor();
  const other = await option.locator("strong").innerText();
  await option.click();
  await dialog.getByRole("radio", { name: `This one, with ${name}` }).waitFor();
  expect(await dialog.getByRole("button", { name: "Merge" }).isEnabled()).toBe(false);
  await dialog.getByRole("checkbox", { name: "They belong together all the same" }).check();
  await shot(page, "merge");
  expect(await violations(page)).toEqual([]);
  // What is not over cannot be merged, and it is said.
  await dialog.getByRole("radio", { name: `The other one, with ${other}` }).check();
  await dialog.getByRole("button", { name: "Merge" }).click();
  await dialog.getByText(/is still open/).waitFor();
  await dialog.getByRole("radio", { name: `This one, with ${name}` }).check();
  await dialog.getByRole("button", { name: "Merge" }).click();
  await dialog.waitFor({ state: "detached" });
  const block = page.locator("[data-merged]");
  await block.getByRole("button", { name: `Merged: conversation with ${other}`, expanded: true }).waitFor();
  await block.locator("[data-author]").first().waitFor();
  await shot(page, "merged");
  await block.getByRole("button", { expanded: true }).scrollIntoViewIfNeeded();
  await shot(page, "block");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await block.waitFor({ state: "detached" });
  await page.getByText("Both conversations stand by themselves again.").waitFor();
  expect(faults.filter((one) => !one.includes("409 (Conflict)"))).toEqual([]);
});

it("says where a merged conversation went, and undoes it from the menu of the one that shows it", async () => {
  await desktop.dev("merged", { kept: 0, other: 2 });
  const { page, faults } = await desktop.open(`/inbox?view=all&id=${id(73, 2)}`, { dark: true, width: 420, height: 860 });
  await page.getByText(/^Merged into the conversation with/).waitFor();
  expect(await page.locator("[data-composer]").count()).toBe(0);
  await shot(page, "away-narrow-dark");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Open it" }).click();
  await page.locator("[data-merged] [data-author]").first().waitFor();
  await shot(page, "merged-narrow-dark");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "More for this conversation" }).click();
  await page.getByRole("menuitem", { name: /^Undo the merge of/ }).click();
  await page.locator("[data-merged]").waitFor({ state: "detached" });
  // On a small page all that is found can be reached, too.
  await page.getByRole("button", { name: "More for this conversation" }).click();
  await page.getByRole("menuitem", { name: /^Merge with another/ }).click();
  await page.getByRole("dialog").getByRole("combobox").fill("4711");
  await page.getByRole("option").nth(5).waitFor();
  await page.keyboard.press("ArrowUp");
  const last = page.getByRole("option").last();
  await page.waitForFunction((option) => option && option.getBoundingClientRect().bottom <= innerHeight, await last.elementHandle());
  await shot(page, "search-narrow-dark");
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});
