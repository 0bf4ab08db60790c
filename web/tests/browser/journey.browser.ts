import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterAll(() => desktop.stop());
beforeEach(() => desktop.dev("reset"));
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));

it("takes a call from ready to done by keyboard alone", async () => {
  const { page, context, faults } = await desktop.open("/calls");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  await desktop.phoneRegistered();
  await page.keyboard.press("Alt+r");
  await page.getByRole("button", { name: "Your state: Ready" }).waitFor();
  await desktop.dev("offer");
  const offer = page.getByTestId("offer");
  await offer.waitFor();
  expect(new URL(page.url()).pathname).toBe("/workspace");
  expect(await page.title()).toContain("☎");
  await page.locator("[role=alert]", { hasText: "Press Alt + A to answer" }).waitFor({ state: "attached" });
  // The customer's record is open before the call is answered.
  await page.getByText("Numbers and addresses").waitFor();
  await page.keyboard.press("Alt+a");
  await page.getByRole("region", { name: "Your call" }).waitFor();
  await page.getByRole("button", { name: "Your state: Talking" }).waitFor();

  await page.keyboard.press("Alt+m");
  expect(await page.getByRole("button", { name: "Mute" }).getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("Alt+h");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  await page.keyboard.press("Alt+h");
  await page.getByRole("button", { name: "Hold", exact: true }).waitFor();

  await page.getByLabel("Notes").focus();
  await page.keyboard.type("Wants a copy of the invoice");
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.keyboard.press("Alt+x");
  await page.getByText("Your part of the call is over. Finish it here.").waitFor();
  expect(await page.getByLabel("Notes").inputValue()).toBe("Wants a copy of the invoice");

  await page.keyboard.press("Control+Enter");
  await page.getByText("Choose a result first.").waitFor();
  await page.getByRole("combobox", { name: "Result" }).focus();
  await page.keyboard.type("inv");
  await page.getByRole("option", { name: /Invoice is wrong/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await page.getByText("You are ready. The next contact comes here.").waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it("never loses the focus between signing in and the end of a contact", async () => {
  const { page, context } = await desktop.open("/workspace", { signedIn: false });
  const held = (where: string) => page.waitForFunction(() => document.activeElement !== null && document.activeElement !== document.body, undefined, { timeout: 5000 }).catch(() => Promise.reject(new Error(`the focus is lost ${where}`)));
  await page.getByLabel("Email").waitFor();
  await held("on the sign-in screen");
  await page.keyboard.type("lan@demo.test");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "My contacts" }).waitFor();
  await held("after signing in");
  await desktop.phoneRegistered();
  await page.keyboard.press("Alt+r");
  await page.getByText("You are ready. The next contact comes here.").waitFor();
  await held("when ready");
  await desktop.dev("offer");
  await page.locator("[data-testid=offer]:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Your call" }).waitFor();
  await held("on the call");
  // Into the call strip with Tab, so that the focus is where it will disappear.
  const hangUp = page.getByRole("button", { name: "Hang up" });
  for (let tab = 0; tab < 60 && !(await hangUp.evaluate((one) => one === document.activeElement)); tab += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Your part of the call is over. Finish it here.").waitFor();
  await held("when the strip is gone");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Invoice sent");
  await page.keyboard.press("Tab");
  await page.keyboard.type("inv");
  await page.getByRole("option", { name: /Invoice is wrong/ }).waitFor();
  await page.keyboard.press("Enter");
  expect(await page.getByLabel("Notes").inputValue()).toBe("Invoice sent");
  await page.keyboard.press("Control+Enter");
  await page.getByText("You are ready. The next contact comes here.").waitFor();
  await held("when the contact is done");
  await context.close();
});

it("answers the browser's own phone, and lets one tab of two own it", async () => {
  const { page, context } = await desktop.open("/workspace");
  await desktop.phoneRegistered();
  const second = await context.newPage();
  await second.goto(`${desktop.url}/workspace`);
  await second.getByText("My contacts").waitFor();
  await desktop.dev("offer");
  await second.getByTestId("offer").waitFor();
  // The second tab asks; the first one, which leads, answers.
  await second.keyboard.press("Alt+a");
  await page.getByRole("region", { name: "Your call" }).waitFor();
  await page.waitForFunction(() => (document.querySelector("#softphone-audio") as HTMLAudioElement | null)?.srcObject instanceof MediaStream);
  expect(await second.locator("#softphone-audio").count()).toBe(0);
  await context.close();
});

it("reminds of a customer on hold, once a minute, until they are back", async () => {
  const { page, context } = await desktop.open("/workspace");
  await desktop.phoneRegistered();
  await desktop.dev("offer");
  await page.getByTestId("offer").waitFor();
  await page.keyboard.press("Alt+a");
  await page.getByRole("region", { name: "Your call" }).waitFor();
  await page.clock.install();
  await page.keyboard.press("Alt+h");
  await page.getByRole("button", { name: "Resume" }).waitFor();
  const reminder = page.getByRole("status").filter({ hasText: "Still on hold" });
  await page.clock.runFor(50_000);
  expect(await reminder.count()).toBe(0);
  await page.clock.runFor(11_000);
  await reminder.waitFor();
  await page.keyboard.press("Alt+h");
  await reminder.waitFor({ state: "detached" });
  await context.close();
});

it("says when the live link is lost, catches up by itself, and keeps what was typed", async () => {
  const { page, context } = await desktop.open("/workspace");
  await desktop.phoneRegistered();
  await desktop.dev("offer");
  await page.getByTestId("offer").waitFor();
  await page.keyboard.press("Alt+a");
  await page.getByRole("region", { name: "Your call" }).waitFor();
  await context.setOffline(true);
  await page.getByText("You are offline.", { exact: false }).waitFor();
  await page.getByLabel("Notes").fill("typed while offline");
  await page.getByText("Not saved yet; trying again").waitFor();
  await desktop.dev("drop");
  await desktop.dev("caller-hangs-up");
  await context.setOffline(false);
  await page.getByText("Your part of the call is over. Finish it here.").waitFor({ timeout: 30_000 });
  await page.getByText("Saved", { exact: true }).waitFor({ timeout: 15_000 });
  expect(await page.getByLabel("Notes").inputValue()).toBe("typed while offline");
  await context.close();
});

it("keeps single keys out of what is being typed, and can switch them off", async () => {
  const { page, context } = await desktop.open("/contacts");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("searchbox").press("l");
  expect(new URL(page.url()).pathname).toBe("/contacts");
  await page.getByRole("heading", { name: "Contacts" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("searchbox").blur();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.getByRole("switch", { name: /Single keys/ }).press("Space");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  await page.keyboard.press("l");
  await page.waitForTimeout(300);
  expect(new URL(page.url()).pathname).toBe("/contacts");
  await context.close();
});

it("shows both values when someone else saved first", async () => {
  const { page, context } = await desktop.open("/admin/skills");
  await page.getByRole("button", { name: "English", exact: true }).click();
  const list = (await (await context.request.get(`${desktop.url}/api/v1/skills`)).json()) as { items: { id: string; name: string; version: number }[] };
  const row = list.items.find((one) => one.name === "English");
  await context.request.patch(`${desktop.url}/api/v1/skills/${row?.id}`, { data: { name: "English C1", version: row?.version } });
  await page.getByRole("textbox", { name: "Name" }).fill("English B2");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Someone else saved first").waitFor();
  await page.getByRole("cell", { name: "English C1" }).waitFor();
  await page.getByRole("button", { name: "Save mine" }).click();
  await page.getByRole("button", { name: "English B2", exact: true }).waitFor();
  await context.close();
});
