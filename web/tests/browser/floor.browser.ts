import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop } from "./desktop";

let desktop: Desktop;
beforeAll(async () => {
  process.env.DEV_BOARD_MS = "3600000";
  desktop = await Desktop.start();
});
afterEach(({ task }) => desktop.closePages(task.result?.state === "fail"));
afterAll(() => desktop.stop());

it("chooses several agents by keyboard, moves them with a preview, and takes it back", async () => {
  const { page, faults } = await desktop.open("/live");
  const agents = page.getByRole("listbox", { name: "Agents" }).getByRole("option");
  await agents.first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByText("3 agents chosen").waitFor();
  expect(await agents.evaluateAll((all) => all.slice(0, 4).map((one) => one.getAttribute("aria-selected")))).toEqual(["true", "true", "true", "false"]);
  await page.getByRole("button", { name: "Change queues…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Nothing changes yet").waitFor();
  for (const queue of ["Sales", "VIP"]) await dialog.getByRole("radiogroup", { name: queue }).getByText("Put in").click();
  await dialog.getByText(/^Puts .* into (Sales|VIP)\./).first().waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Change queues" }).click();
  await page.getByText(/\d changes? in queues\./).waitFor();
  expect(await page.getByText("agents chosen").count()).toBe(0);
  const moved = page.waitForRequest((request) => request.url().endsWith("/queues/staff") && request.method() === "POST");
  await page.getByRole("button", { name: "Undo" }).click();
  const undone = (await moved).postDataJSON() as { add: unknown[]; remove: { queue_id: string }[] };
  expect([undone.add.length, undone.remove.length > 0]).toEqual([0, true]);
  await agents.first().focus();
  await page.keyboard.press("Control+a");
  await page.getByText("60 agents chosen").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("60 agents chosen").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
});

it("opens an agent by Enter, changes the state, takes it back, and asks before signing out", async () => {
  const { page } = await desktop.open("/live");
  await page.getByLabel("Find an agent or team").fill("Morning");
  const tile = page.getByRole("option").filter({ hasText: "Talking" }).first();
  const name = await tile.locator("span").nth(0).innerText();
  await tile.click();
  const panel = page.getByRole("dialog", { name });
  await panel.getByText("goes on; the new state begins after it").waitFor();
  expect(await violations(page)).toEqual([]);
  await panel.getByRole("button", { name: "Offline" }).click();
  await page.getByText(`${name}: Offline.`).waitFor();
  const undo = page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/presence"));
  await page.getByRole("button", { name: "Undo" }).click();
  expect((await undo).postDataJSON()).toEqual({ state: "ready" });
  await panel.getByRole("button", { name: "Sign out everywhere" }).click();
  const question = page.getByRole("dialog", { name: `Sign ${name} out everywhere?` });
  await question.getByText("goes back to the front of the queue").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("option");
});

it("shows alerts, the worst first, and who looks after one", async () => {
  const { page } = await desktop.open("/live");
  const strip = page.getByRole("region", { name: "Alerts" });
  await strip.getByText("Billing: 12 waiting").waitFor();
  const first = strip.getByRole("listitem").first();
  await first.getByText("Critical").waitFor();
  await first.getByRole("button", { name: "I look after it" }).click();
  await strip.getByText(/looks after it/).nth(1).waitFor();
  await strip.getByRole("button", { name: "Not me any more" }).first().click();
  await strip.getByText(/looks after it/).nth(1).waitFor({ state: "detached" });
  await strip.getByRole("link", { name: "Past alerts" }).click();
  await page.getByRole("cell", { name: "Billing: 12 waiting" }).waitFor();
});

it("turns the pages of the wall by key, says when figures are old, and comes back by itself", async () => {
  const { page } = await desktop.open("/wall?every=0");
  const answered = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await page.reload();
  await answered;
  await page.getByRole("region", { name: "Queues" }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("region", { name: "Teams" }).waitFor();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("region", { name: "Queues" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollHeight <= window.innerHeight)).toBe(true);
  await page.context().setOffline(true);
  await desktop.dev("drop");
  await page.getByText(/These figures are of/).waitFor({ timeout: 30_000 });
  await page.context().setOffline(false);
  await page.getByText(/These figures are of/).waitFor({ state: "detached", timeout: 30_000 });
  await page.keyboard.press("Escape");
  await page.getByRole("heading", { name: "Live board" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/live");
});

it("leads to the sign-in when the session was ended from elsewhere, and back", async () => {
  const { page } = await desktop.open("/live");
  await page.getByRole("option").first().waitFor();
  await page.context().request.post(`${desktop.url}/api/v1/auth/sign-out`);
  await page.route("**/api/v1/live/agents/**", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify({ status: 401, code: "not_signed_in", detail: "" }) }));
  await page.getByRole("option").first().click();
  await page.getByLabel("Email").fill("lan@demo.test");
  await page.getByLabel("Password", { exact: true }).fill("demo");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Live board" }).waitFor();
});

it("sets what several agents take between outbound work, takes it back, and shows it of one", async () => {
  const { page, faults } = await desktop.open("/live");
  const agents = page.getByRole("listbox", { name: "Agents" }).getByRole("option");
  await agents.first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("status").getByRole("button", { name: "Inbound and outbound…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Now: As they come").waitFor();
  await dialog.getByRole("radio", { name: "Outbound first" }).check();
  await dialog.getByLabel("Callers only after a wait of (seconds)").fill("45");
  await dialog.getByLabel("Callers while their queue is under its service level").check();
  expect(await violations(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.url().endsWith("/blending") && request.method() === "PUT");
  await dialog.getByRole("button", { name: "Set the rule" }).click();
  const { rules } = (await sent).postDataJSON() as { rules: { rule: unknown }[] };
  expect(rules.map(({ rule }) => rule)).toEqual(Array(2).fill({ mode: "outbound_first", after_s: 45, under_level: true }));
  await page.getByText("The rules of 2 are set.").waitFor();
  await agents.first().click();
  await page.getByText(/Outbound first: callers after 45.+ or callers while under the service level/).waitFor();
  await page.keyboard.press("Escape");
  const undo = page.waitForRequest((request) => request.url().endsWith("/blending") && request.method() === "PUT");
  await page.getByRole("button", { name: "Undo" }).click();
  expect((await undo).postDataJSON()).toMatchObject({ rules: [{ rule: null }, { rule: null }] });
  expect(faults).toEqual([]);
});

it("sets everybody's rule from the board, also where it is narrow", async () => {
  const { page } = await desktop.open("/live", { width: 390, height: 780 });
  await page.getByRole("button", { name: "Inbound and outbound…" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: "Inbound first" }).check();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await dialog.getByRole("button", { name: "Set the rule" }).click();
  await page.getByText("Everybody without another rule: the rule is set.").waitFor();
});

it("changes the state of several agents at once, names who refuses, takes it back, and asks before signing them out", async () => {
  const { page, faults } = await desktop.open("/live");
  const agents = page.getByRole("listbox", { name: "Agents" }).getByRole("option");
  await agents.first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  const [first] = await Promise.all([agents.first().getAttribute("data-user")]);
  await page.route(`**/users/${first}/presence`, (route) => route.request().method() === "PUT" ? route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({ status: 403, code: "forbidden", detail: "" }) }) : route.continue());
  const bar = page.getByRole("status").filter({ hasText: "agents chosen" });
  await bar.getByRole("button", { name: "Change state" }).press("Enter");
  await page.getByRole("menuitem", { name: "Offline" }).press("Enter");
  await page.getByText("2 agents: Offline.").waitFor();
  await page.getByText(/^Not done for /).waitFor();
  expect(await page.getByText("agents chosen").count()).toBe(0);
  const undone = Promise.all([1, 2].map((nth) => { let seen = 0; return page.waitForRequest((request) => request.method() === "PUT" && request.url().endsWith("/presence") && (seen += 1) === nth); }));
  await page.getByRole("button", { name: "Undo" }).click();
  expect((await undone).map((request) => (request.postDataJSON() as { state: string }).state).includes("offline")).toBe(false);
  await agents.first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowRight");
  await bar.getByRole("button", { name: "Change state" }).click();
  await page.getByRole("menuitem", { name: "Sign out everywhere" }).click();
  const question = page.getByRole("dialog", { name: "Sign 2 agents out everywhere?" });
  await page.getByRole("menu").waitFor({ state: "detached" });
  await question.getByText("This cannot be undone.").waitFor();
  expect(await violations(page)).toEqual([]);
  await question.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("2 agents are signed out everywhere.").waitFor();
  expect(faults.filter((fault) => !fault.includes("403"))).toEqual([]);
});

it("listens to an agent by one press on the board, by mouse and by key", async () => {
  const { page, faults } = await desktop.open("/live");
  const talking = page.getByRole("listbox", { name: "Agents" }).getByRole("option").filter({ hasText: "Talking" });
  const asked = () => page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/watch"));
  const byMouse = asked();
  await talking.first().hover();
  await talking.first().focus();
  await talking.first().locator("[data-listen]").click();
  expect((await byMouse).url()).toContain(await talking.first().getAttribute("data-user"));
  const bar = page.getByRole("region", { name: /^You listen to/ });
  await bar.waitFor();
  const byKey = asked();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("l");
  expect((await byKey).url()).toContain(await talking.nth(1).getAttribute("data-user"));
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

it("makes an emergency switch, turns it on and off, and takes it away and back, by keyboard", async () => {
  const { page, faults } = await desktop.open("/live");
  await page.getByRole("button", { name: "Emergency closing" }).click();
  const dialog = page.getByRole("dialog", { name: "Emergency closing" });
  await dialog.getByLabel("New emergency switch").fill("Line down");
  await page.keyboard.press("Enter");
  const row = dialog.getByRole("listitem").filter({ hasText: "Line down" });
  await row.getByRole("button", { name: "Turn on…" }).press("Enter");
  expect(await violations(page)).toEqual([]);
  await row.getByRole("button", { name: "Turn on now" }).press("Enter");
  await page.getByText("Line down is on.").waitFor();
  await dialog.getByRole("listitem").first().getByText("On for").waitFor();
  expect(await row.getByRole("button", { name: "Remove the switch Line down" }).count(), "what is on is not taken away").toBe(0);
  await row.getByRole("button", { name: "Turn off" }).press("Enter");
  await page.getByText("Line down is off.").waitFor();
  await row.getByRole("button", { name: "Remove the switch Line down" }).press("Enter");
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await row.waitFor();
  expect(faults).toEqual([]);
});
