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

it("answers, mutes and ends a call to one's own extension by keys, on any screen", async () => {
  const { page, context, faults } = await desktop.open("/calls");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  await desktop.phoneRegistered();
  await desktop.dev("colleague");
  const rings = page.getByRole("region", { name: "Incoming call" });
  await rings.getByText("Phạm Quốc Bảo").first().waitFor();
  await rings.getByText("Incoming call · 202").waitFor();
  await page.locator("[role=alert]", { hasText: "Incoming call: Phạm Quốc Bảo, 202. Press Alt + A to answer." }).waitFor({ state: "attached" });
  expect(await page.title()).toContain("☎ Phạm Quốc Bảo");
  expect(new URL(page.url()).pathname).toBe("/calls");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Alt+a");
  const talks = page.getByRole("region", { name: "Your call" });
  await talks.getByText("Phạm Quốc Bảo").waitFor();
  expect(await page.title()).not.toContain("☎");
  await page.keyboard.press("Alt+m");
  await expect.poll(() => talks.getByRole("button", { name: "Mute" }).getAttribute("aria-pressed")).toBe("true");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Alt+x");
  await talks.waitFor({ state: "detached" });

  await desktop.dev("colleague");
  await rings.waitFor();
  await page.keyboard.press("Alt+q");
  await rings.waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await context.close();
});

it.each([["busy", "202 is busy, or does not want to be disturbed."], ["no_answer", "202 did not answer."]])("tells who called why nobody answered: %s", async (why, words) => {
  const { page, context } = await desktop.open("/calls");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  await desktop.phoneRegistered();
  await desktop.dev("unreached", { why });
  await page.getByText(words).waitFor();
  await context.close();
});
