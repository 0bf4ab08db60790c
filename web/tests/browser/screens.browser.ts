import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { violations } from "./axe";
import { Desktop, DIST } from "./desktop";

const id = (kind: string, index: string): string => `0190${kind}-0000-7000-8000-${index.padStart(12, "0")}`;
/** In parts, each a test of its own, so that none is near its time limit on a busy machine. */
const PARTS: Record<string, string[]> = {
  "the agent's": ["/workspace", "/dial?to=tel:0912345678", "/my-day", "/me", "/calls", `/calls/${id("0009", "0")}`, `/calls/${id("0009", "7")}`],
  "the customers'": ["/voicemails", "/callbacks", "/contacts", `/contacts/${id("0006", "d")}`],
  "the board's": ["/live", "/live/alerts", "/wall?every=0"],
  "the people's": ["/admin/users", "/admin/teams", "/admin/skills", "/admin/roles", "/admin/reasons"],
  "the calls'": ["/admin/numbers", "/admin/flows", `/admin/flows/${id("002b", "0")}`, "/admin/tables", `/admin/tables/${id("0040", "0")}`, "/admin/intents", `/admin/intents/${id("0050", "0")}`, "/admin/articles", "/admin/queues", "/admin/alerts", "/admin/hours"],
  "the rules of calls'": ["/admin/groups", "/admin/rooms", "/admin/recording-rules", "/admin/caller-ids", "/admin/do-not-call", "/admin/calling-hours"],
  "the company's": ["/admin/prompts", "/admin/music", "/admin/dispositions", "/admin/trunks", "/admin/widgets", "/admin/mailboxes", "/admin/contact-fields", "/admin/projects", "/admin/settings", "/admin/tokens", "/admin/audit"],
};

let desktop: Desktop;
beforeAll(async () => {
  desktop = await Desktop.start();
});
afterEach(() => desktop.closePages());
afterAll(() => desktop.stop());

/** A page goes from screen to screen as a person does; each is looked at light and dark. Gives what is wrong. */
async function walk(screens: string[], locale: string, width: number): Promise<string[]> {
  const { page, faults } = await desktop.open("/workspace", { width, height: width === 360 ? 740 : 900, locale, theme: "auto" });
  const found: string[] = [];
  for (const path of screens) {
    await desktop.go(page, path);
    // What is out of sight is not drawn, and would be judged by colours that it no longer has.
    await page.addStyleTag({ content: "* { content-visibility: visible !important; }" });
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.locator(`html[data-mantine-color-scheme=${scheme}]`).waitFor({ state: "attached" });
      // The dark page has the same elements: only its colours can be wrong.
      const wrong = await violations(page, scheme === "dark" ? ["color-contrast"] : undefined);
      found.push(...wrong.map((what) => `${path} (${scheme}): ${what}`));
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) found.push(`${path} is ${overflow} px wider than the page`);
    if ((await page.title()).includes("undefined")) found.push(`${path} has no title`);
    found.push(...faults.splice(0).map((fault) => `${path}: ${fault}`));
  }
  return found.map((what) => `${locale} ${width} px ${what}`);
}

const DESK_AND_PHONE = [["uk", 1440], ["vi", 360]] as const;
const WALKS = Object.entries(PARTS).flatMap(([name, screens]) => DESK_AND_PHONE.map(([locale, width]) => ({ name, screens, locale, width })));

it.each(WALKS)("has no fault and no axe violation, light or dark, and nothing wider than the page: $name screens, $width px in $locale", async ({ screens, locale, width }) => {
  expect(await walk(screens, locale, width)).toEqual([]);
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

/** Everything that is asked for before there is something to see. */
it.each([["/sign-in", 205_000], ["/workspace", 250_000]])("%s needs less than %i bytes of script (gzip) for its first paint", async (path, budget) => {
  const { page, context } = await desktop.open(path, { signedIn: path !== "/sign-in" });
  await page.locator("h1").first().waitFor({ state: "attached" });
  const scripts = await page.evaluate(async () => {
    const paint = await new Promise<number>((tell) => {
      new PerformanceObserver((list) => list.getEntriesByName("first-contentful-paint").forEach((entry) => tell(entry.startTime))).observe({ type: "paint", buffered: true });
    });
    return performance.getEntriesByType("resource").filter((entry) => entry.name.endsWith(".js") && entry.startTime < paint).map((entry) => entry.name);
  });
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${DIST}${new URL(name).pathname}`)).length, 0);
  console.info(`${path}: ${scripts.length} scripts, ${(bytes / 1000).toFixed(1)} KB gzip`);
  expect(bytes).toBeLessThan(budget);
  await context.close();
});
