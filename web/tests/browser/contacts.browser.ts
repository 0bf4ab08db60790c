import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterAll(() => desktop.stop());
beforeEach(() => desktop.dev("reset"));
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));

it("marks what was found, drops what is asked no more, and makes a contact of a number that nobody has", async () => {
  const { page, context } = await desktop.open("/contacts");
  const box = page.getByRole("searchbox");
  const name = (await page.locator("a strong").first().innerText()).split(" ")[0] ?? "";
  await box.fill(name);
  await page.locator("a strong mark", { hasText: name }).first().waitFor();

  // One letter after the other is one question, or the older ones are cancelled: the last answer stands.
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/contacts?q=") && asked.push(request.url()));
  await box.fill("");
  await box.pressSequentially("0701 234 567", { delay: 20 });
  await page.getByRole("heading", { name: "Nobody matches “0701 234 567”" }).waitFor();
  expect(asked.length).toBeLessThan(4);

  await page.getByRole("button", { name: "Create a contact with this number" }).click();
  const dialog = page.getByRole("dialog", { name: "New contact" });
  expect(await dialog.getByLabel("Phone").inputValue()).toBe("0701 234 567");
  await dialog.getByLabel("Name").fill("Nobody Yet");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/contacts\/[0-9a-f-]{36}$/);
  await page.getByText("Nobody Yet").first().waitFor();
  await context.close();
});
