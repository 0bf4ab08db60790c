import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import type { AxeResults } from "axe-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Desktop } from "./desktop";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const id = (kind: string, index: string): string => `0190${kind}-0000-7000-8000-${index.padStart(12, "0")}`;
const SCREENS = [
  "/workspace", "/my-day", "/me", "/calls", `/calls/${id("0009", "0")}`, "/voicemails", "/contacts", `/contacts/${id("0006", "d")}`, "/live", "/live?wall=true", "/admin/users", "/admin/teams", "/admin/skills", "/admin/roles", "/admin/reasons",
  "/admin/numbers", "/admin/flows", `/admin/flows/${id("002b", "0")}`, "/admin/queues", "/admin/hours", "/admin/prompts", "/admin/dispositions", "/admin/trunks", "/admin/projects", "/admin/settings", "/admin/audit",
];

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterEach(() => desktop.closePages());
afterAll(() => desktop.stop());

async function violations(page: Awaited<ReturnType<Desktop["open"]>>["page"]): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (where: Document, options: object) => Promise<unknown> } };
    return axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
  }) as AxeResults;
  return results.violations.flatMap((rule) => rule.nodes.slice(0, 4).map((node) => `${rule.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
}

describe.each([["light", "en", 1440], ["dark", "uk", 1440], ["dark", "vi", 360]] as const)("every screen, %s, %s, %i px", (scheme, locale, width) => {
  it.each(SCREENS)("%s has no fault, no axe violation and nothing wider than the page", async (path) => {
    const { page, context, faults } = await desktop.open(path, { width, height: width === 360 ? 740 : 900, dark: scheme === "dark", locale });
    await page.locator("main h1").first().waitFor({ state: "attached" });
    await page.waitForLoadState("networkidle");
    await page.locator("main [role=status][aria-label]").first().waitFor({ state: "detached" });
    expect(faults).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await violations(page)).toEqual([]);
    expect(await page.title()).not.toContain("undefined");
    await context.close();
  });
});

it("signs in with words for what is wrong", async () => {
  const { page, context } = await desktop.open("/calls", { signedIn: false });
  await page.getByLabel("Email").fill("lan@demo.test");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Fill this in.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("Email or password is not right.").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Password", { exact: true }).fill("demo");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Calls" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/calls");
  await context.close();
});

it("shows what callers call themselves as text only", async () => {
  const { page, context, faults } = await desktop.open(`/contacts/${id("0006", "d")}`);
  await page.getByRole("heading", { name: "<b>Bold</b>" }).waitFor();
  expect(await page.title()).not.toBe("1");
  expect(await page.locator("main img, main b").count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

it.each([["/sign-in", 250_000], ["/workspace", 280_000]])("keeps the scripts of %s under %i bytes (gzip)", async (path, budget) => {
  const { page, context } = await desktop.open(path, { signedIn: path !== "/sign-in" });
  await page.locator("h1").first().waitFor({ state: "attached" });
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.endsWith(".js")));
  // What comes after the first paint: the phone's library, the numbering plans, the picker of results.
  const first = scripts.filter((name) => !/JsSIP|min-|parsePhone|DispositionField/.test(name));
  const bytes = first.reduce((sum, name) => sum + gzipSync(readFileSync(`dist${new URL(name).pathname}`)).length, 0);
  console.info(`${path}: ${first.length} scripts, ${(bytes / 1000).toFixed(1)} KB gzip; later: ${scripts.filter((name) => !first.includes(name)).map((name) => name.split("/").pop()).join(", ")}`);
  expect(bytes).toBeLessThan(budget);
  await context.close();
});
