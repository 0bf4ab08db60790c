import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));
afterAll(() => desktop.stop());

it("sets how a queue calls back, and says beside the field what is wrong", async () => {
  const { page } = await desktop.open("/admin/queues");
  const said = { status: 422, code: "invalid", detail: "The request has mistakes.", errors: [{ field: "callbacks.last", message: "The day must end after it begins.", rule: "end_after_start", limit: null }] };
  let sent: { callbacks?: Record<string, unknown> } = {};
  await page.route("**/api/v1/queues/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    sent = route.request().postDataJSON() as typeof sent;
    return route.fulfill({ status: 422, contentType: "application/problem+json", body: JSON.stringify(said) });
  });
  await page.locator("main").getByRole("button").filter({ hasText: "VIP" }).first().click();
  const form = page.getByRole("dialog");
  const rules = form.getByRole("group", { name: "Calling customers back" });
  await rules.getByRole("radio", { name: "The customer" }).check();
  await rules.getByLabel("Not before").fill("09:30");
  await rules.getByLabel("Not after").fill("00:00");
  await rules.getByLabel("Tries").fill("5");
  expect(await violations(page)).toEqual([]);
  await form.getByRole("button", { name: "Save" }).click();
  await rules.getByText("The day must end after it begins.").waitFor();
  expect(sent.callbacks).toEqual({ max_attempts: 5, retry_s: 900, calendar: null, first: "09:30", last: "24:00", international: false, customer_first: true });
  expect(await rules.getByLabel("Not after").getAttribute("aria-invalid")).toBe("true");
});
