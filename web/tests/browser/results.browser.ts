import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));
afterAll(() => desktop.stop());

const ENDED = { direction: "outbound", state: "wrap_up", work: "outbound", ending: "busy", queue: null, candidates: [], call_id: null, wrap_up_ends_at: "2100-01-01T00:00:00Z", accepted_at: "2026-01-01T00:00:00Z" };

it("proposes the result that fits a call of ours that was busy, those for such calls first", async () => {
  const { page, faults } = await desktop.open("/");
  await desktop.dev("offer", ENDED);
  const field = page.getByRole("combobox", { name: "Result" });
  await page.getByText("Proposed, because the call ended so: Busy").waitFor();
  expect(await field.inputValue()).toBe("Line busy");
  await field.click();
  expect(await page.getByRole("option").first().innerText()).toBe("Line busy");
  expect(faults).toEqual([]);
});

it("says what a result does, leaves it out this time, and asks when to call again", async () => {
  const { page } = await desktop.open("/");
  await desktop.dev("offer", { ...ENDED, ending: null });
  const field = page.getByRole("combobox", { name: "Result" });
  await field.fill("wants");
  await page.keyboard.press("Enter");
  const blocks = page.getByRole("checkbox", { name: /^Put .+ on the do-not-call list for 30 days$/ });
  await blocks.waitFor();
  expect(await violations(page)).toEqual([]);
  const kept = page.waitForRequest((request) => request.url().endsWith("/notes") && (request.postDataJSON() as { no_consequence: boolean }).no_consequence);
  await blocks.uncheck();
  await kept;
  await field.fill("again");
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: /^I call .+ again$/ }).waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Say when you will call.").waitFor();
  await page.getByLabel("When").fill("2099-05-04T10:30");
  const done = page.waitForRequest((request) => request.url().endsWith("/done"));
  await page.keyboard.press("Control+Enter");
  const sent = (await done).postDataJSON() as { callback_at: string; no_consequence: boolean };
  expect([Date.parse(sent.callback_at) > 0, sent.no_consequence]).toEqual([true, false]);
});

it("says in the dial pad which number is shown and why, for the project that is chosen", async () => {
  const { page, faults } = await desktop.open("/dial");
  await page.getByRole("textbox", { name: "Number or extension" }).fill("0912345678");
  await page.getByText("Shows 1900 1234: a rule for everybody").or(page.getByText("Shows 19001234: a rule for everybody")).waitFor();
  await page.getByRole("combobox", { name: "For the project" }).click();
  await page.getByRole("option", { name: "Green Leaf Tea" }).click();
  await page.getByText(/^Shows .*5678: for project Green Leaf Tea$/).waitFor();
  expect(await violations(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.url().endsWith("/calls") && request.method() === "POST");
  await page.getByRole("button", { name: "Call", exact: true }).first().click();
  expect((await sent).postDataJSON()).toMatchObject({ caller_id: null, project_id: expect.stringMatching(/./) as unknown });
  expect(faults).toEqual([]);
});

it("reaches every section from a phone's bottom bar", async () => {
  const { page } = await desktop.open("/workspace", { width: 390, height: 780 });
  const bar = page.getByRole("navigation", { name: "Main" });
  for (const [name, path] of [["Voicemails", "/voicemails"], ["My day", "/my-day"]] as const) {
    await bar.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name }).click();
    await page.waitForURL(`**${path}`);
    await page.getByRole("menu").waitFor({ state: "detached" });
  }
  expect(await violations(page)).toEqual([]);
});
