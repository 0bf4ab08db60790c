import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
const shot = async (page: Page, name: string): Promise<void> => void (process.env.SHOTS && (await page.screenshot({ path: `${process.env.SHOTS}/widgets-${name}.png` })));
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterAll(() => desktop.stop());
beforeEach(() => desktop.dev("reset"));
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));

it("keeps chat widgets, says beside the field what is wrong, and gives the line for the site", async () => {
  const { page } = await desktop.open("/admin/widgets");
  await page.getByRole("button", { name: "New chat widget" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("Outlet");
  await form.getByRole("combobox", { name: "Flow" }).click();
  await page.getByRole("option", { name: "Main menu" }).click();
  await form.getByLabel("Sites that may show it").fill("https://outlet.example\noutlet");
  await form.getByRole("textbox", { name: "Title: English" }).fill("Outlet");
  await form.getByText("Required").first().click();
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByText("outlet: Write a site as https://shop.example.").waitFor();
  await form.getByLabel("Sites that may show it").fill("https://outlet.example");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByText("Outlet is led by the flow Main menu and stands on outlet.example.").click();
  await page.getByText(`<script async src="${desktop.url}/widget.js" data-key="n0Tr3alK9yAb2x"></script>`).waitFor();
  expect(await page.getByRole("link", { name: "See it on a page of its own" }).getAttribute("href")).toBe("/chat/n0Tr3alK9yAb2x/preview");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Archive Outlet" }).click();
  await page.getByText("Outlet is led by").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Outlet is led by").waitFor();
});

it("makes secrets that are shown once, and a form for when nobody is there", async () => {
  const { page } = await desktop.open("/admin/widgets");
  await page.getByText("Sao Mai shop is led by").click();
  const form = page.getByRole("dialog");
  await form.getByText("Only visitors whom your server has signed can write.").waitFor();
  await form.getByText("Secret ending in x9Qk").waitFor();
  await form.getByRole("button", { name: "Make a secret" }).click();
  await page.getByText("Copy the secret now: it is shown this once").waitFor();
  await page.getByText("tdw_0cM1p2rJtVwXyZ3a4b5c6d7e8f9gAb7z").waitFor();
  await page.getByRole("button", { name: "I have it" }).click();
  await form.getByText("Secret ending in Ab7z").waitFor();
  expect(await page.getByText("tdw_0cM").count()).toBe(0);
  expect(await form.getByRole("button", { name: "Make a secret" }).count()).toBe(0);
  await form.getByRole("button", { name: "Remove the secret ending in x9Qk" }).click();
  await form.getByText("Make sure that your server signs with the other one.").waitFor();
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Remove the secret", exact: true }).click();
  await form.getByText("Secret ending in x9Qk").waitFor({ state: "detached" });
  await form.getByRole("switch", { name: "Show a form in place of the chat" }).press("Space");
  await form.getByRole("combobox", { name: "Queue" }).waitFor();
  await form.getByText("Also while nobody who serves the queue is signed in").waitFor();
  expect(await violations(page)).toEqual([]);
});

it("says that a customer is verified, and sends them the chat by mail", async () => {
  const { page } = await desktop.open("/workspace", { width: 1280, height: 800 });
  await desktop.phoneRegistered();
  await desktop.dev("chat", { body: "Where is my parcel?", verified: true });
  await page.getByTestId("offer").getByText("verified", { exact: true }).waitFor();
  await page.keyboard.press("Alt+a");
  await page.locator("[data-composer] textarea:not([aria-hidden])").waitFor();
  await page.locator("header").getByText("verified", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Send by e-mail" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("E-mail address").fill("lan");
  await page.keyboard.press("Enter");
  await form.getByText("Write an e-mail address.").waitFor();
  expect(await violations(page)).toEqual([]);
  await form.getByLabel("E-mail address").fill("lan@example.com");
  await page.keyboard.press("Enter");
  await form.waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Messages" }).getByText("Lê Thị Lan sent the chat to lan@example.com").waitFor();
});

it("writes greetings that come up by themselves, and says at the field what is wrong", async () => {
  const { page } = await desktop.open("/admin/widgets");
  await page.getByRole("button", { name: "New chat widget" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Name", exact: true }).fill("Greeter");
  await form.getByRole("combobox", { name: "Flow" }).click();
  await page.getByRole("option", { name: "Main menu" }).click();
  await form.getByText("None: the chat waits until it is opened.").waitFor();
  await form.getByRole("button", { name: "Add a greeting" }).click();
  const one = form.getByRole("group", { name: "Greeting 1" });
  await one.getByRole("switch", { name: "Only while somebody is there" }).press("Space");
  await form.getByRole("button", { name: "Save" }).click();
  await one.getByText("Write the greeting in one language at least.").waitFor();
  await one.getByText("Say first under “While nobody is there” when that is so: switch the form on.").waitFor();
  await one.getByRole("textbox", { name: "What it says: English" }).fill("Need help with your order?");
  await one.getByRole("textbox", { name: "Address of the page" }).fill("/cart");
  await one.getByRole("textbox", { name: "After seconds" }).fill("20");
  await one.getByRole("combobox", { name: "To the same visitor" }).click();
  await page.getByRole("option", { name: "Once in 30 days" }).click();
  await one.getByText("Need help with your order?", { exact: true }).last().scrollIntoViewIfNeeded();
  expect(await violations(page)).toEqual([]);
  await shot(page, "greetings");
  await one.getByRole("switch", { name: "Only while somebody is there" }).press("Space");
  await form.getByRole("button", { name: "Add a greeting" }).click();
  await form.getByRole("group", { name: "Greeting 2" }).getByRole("textbox", { name: "What it says: Tiếng Việt" }).fill("Bạn cần giúp không?");
  await form.getByRole("button", { name: "Move Greeting 2 up" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  await page.getByText("Greeter is led by the flow Main menu").click();
  await form.getByRole("group", { name: "Greeting 1" }).getByText("Bạn cần giúp không?").first().waitFor();
  expect(await form.getByRole("textbox", { name: "After seconds" }).last().inputValue()).toBe("20");
  await form.getByRole("button", { name: "Remove Greeting 1" }).click();
  await form.getByRole("group", { name: "Greeting 2" }).waitFor({ state: "detached" });
});

it.each([["narrow", { width: 390, height: 800 }], ["dark", { dark: true }], ["uk", { locale: "uk" }]] as const)("shows greetings on a %s screen", async (name, options) => {
  const { page } = await desktop.open("/admin/widgets", options);
  await page.getByText("Sao Mai shop").first().click();
  const one = page.getByRole("dialog").getByRole("group").filter({ hasText: "Shall we help you choose?" }).last();
  await one.scrollIntoViewIfNeeded();
  expect(await violations(page)).toEqual([]);
  await shot(page, name);
});
