import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "./axe";
import type { Page } from "playwright-core";
import { Desktop } from "./desktop";

const shot = async (page: Page, name: string): Promise<void> => void (process.env.SHOTS && (await page.screenshot({ path: `${process.env.SHOTS}/assistant-${name}.png`, fullPage: true })));

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));
afterAll(() => desktop.stop());

const SET = "/admin/intents/01900050-0000-7000-8000-000000000000";

it("takes pasted sentences, names what is wrong with them, and gives a removed intent back", async () => {
  const { page, faults } = await desktop.open(SET);
  await page.getByText("“It does not fit” stands in Money back and in opening_hours: take it out of one.").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Money back/ }).click();
  await page.getByText("“It does not fit” stands in Money back and in opening_hours: take it out of one.").waitFor();
  await page.getByLabel("English: one sentence a line").fill("a\nb\nc");
  await page.getByText("Not saved yet").waitFor();
  expect(await page.getByRole("button", { name: "Train and measure" }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);
  const saved = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("button", { name: "Save" }).click();
  expect((await saved).postDataJSON()).toMatchObject({ version: 1, intents: [{}, { name: "refund", examples: { en: ["a", "b", "c"] } }, {}] });
  await page.getByRole("button", { name: "Remove: Money back" }).click();
  await page.getByText("Money back is removed from this draft.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: /^Money back/ }).waitFor();
  await page.getByRole("button", { name: "Add an intent" }).click();
  expect(await page.getByLabel("Name of the exit").inputValue()).toBe("intent_4");
  expect(faults).toEqual([]);
});

it("shows what was measured at any threshold, and publishes with it", async () => {
  const { page, faults } = await desktop.open(SET);
  await page.getByRole("tab", { name: "Measured and published" }).click();
  await page.getByText(/^89% of the examples are understood rightly/).or(page.getByText(/of the examples are understood rightly/)).first().waitFor();
  expect(await page.getByRole("row", { name: /^Where an order is 6/ }).count()).toBe(1);
  await page.getByText("Send me a return label").waitFor();
  expect(await page.getByRole("button", { name: "Publish", exact: true }).isDisabled()).toBe(true);
  await page.getByRole("slider").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await violations(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.url().endsWith("/publish"));
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  expect((await sent).postDataJSON()).toEqual({ number: 1, threshold: 0.54 });
  await page.getByRole("button", { name: "Show what was measured of version 2" }).click();
  await page.getByText("Training failed: nothing on this server understands text").waitFor();
  expect(faults).toEqual([]);
});

it("tries a sentence", async () => {
  const { page } = await desktop.open(SET);
  await page.getByRole("tab", { name: "Try it" }).click();
  await page.getByLabel("Sentence").fill("Where is my parcel?");
  await page.keyboard.press("Enter");
  await page.getByText("Understood as Where an order is, 87%").waitFor();
  await page.getByText("Language: English").waitFor();
  expect(await violations(page)).toEqual([]);
});

it("draws under a flow how many needed no agent, and where the others left", async () => {
  const { page } = await desktop.open("/admin/flows/0190002b-0000-7000-8000-000000000000");
  await page.getByText("43% of 420 contacts needed no agent.").waitFor();
  await page.getByText("Order number").first().waitFor();
  expect(await violations(page)).toEqual([]);
});

it("sets up the assistant, says whether it works, and shows what it was told", async () => {
  const { page, faults } = await desktop.open("/admin/assistant");
  await page.getByText(/^Used this month: 48,210 tokens/).waitFor();
  expect(await violations(page)).toEqual([]);
  const saved = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByLabel("Model").fill("another");
  await page.getByRole("button", { name: "Save" }).click();
  expect((await saved).postDataJSON()).toEqual({ version: 1, model: "another" });
  await page.getByRole("button", { name: "Try it" }).click();
  await page.getByText("It works: “Yes, I am here.” (612 ms, 42 tokens)").waitFor();
  await page.getByText(/It takes no more questions just now/).waitFor();
  await page.getByRole("button", { name: "Look at it" }).first().click();
  await page.getByRole("dialog").getByText("You answer a customer of a company in a chat.").waitFor();
  await page.getByRole("dialog").getByText(/"question": "Can I send it back\?"/).waitFor();
  expect(await violations(page)).toEqual([]);
  await shot(page, "told");
  await page.keyboard.press("Escape");
  expect(faults).toEqual([]);
  if (!process.env.SHOTS) return;
  for (const [name, options] of Object.entries({ dark: { dark: true }, vi: { locale: "vi" }, narrow: { width: 360, height: 800, locale: "uk" } })) {
    const { page: another } = await desktop.open("/admin/assistant", { width: 1280, ...options });
    await another.getByText("48").first().waitFor();
    await shot(another, name);
  }
});
