import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { preview, type PreviewServer } from "vite";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** The build that is tested; `./run test` names the one that the app serves. */
export const DIST = resolve(process.env.DIST ?? "dist");
const FLAGS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-sandbox",
  "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
];

/** The built desktop served with the in-memory server, and a Chromium in front of it. */
export class Desktop {
  private constructor(private readonly server: PreviewServer, private readonly browser: Browser, readonly url: string) {}

  static async start(): Promise<Desktop> {
    if (!existsSync(CHROMIUM)) throw new Error(`No Chromium at ${CHROMIUM}: install it (apt-get install chromium) or set CHROMIUM.`);
    if (!existsSync(`${DIST}/index.html`)) throw new Error(`There is no build in ${DIST}: run npm run build first.`);
    process.env.DEV_OFFER_MS = "0";
    const server = await preview({ build: { outDir: DIST }, preview: { port: Number(process.env.TEST_PORT ?? 23500), strictPort: false }, logLevel: "error" });
    const url = server.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "";
    return new Desktop(server, await chromium.launch({ executablePath: CHROMIUM, args: FLAGS }), url);
  }

  /** After each test, also a failed one: a page left open would answer the next test's calls. */
  async closePages(failed = false): Promise<void> {
    if (failed) for (const page of this.browser.contexts().flatMap((context) => context.pages())) console.log(page.url(), await page.locator("body").ariaSnapshot());
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }

  async dev(action: string, values: Record<string, unknown> = {}): Promise<void> {
    const answer = await fetch(`${this.url}/api/v1/__dev/${action}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(values) });
    if (!answer.ok) throw new Error(`${action}: ${answer.status}`);
  }

  /** Waits until the browser's phone has registered at the in-memory server. */
  async phoneRegistered(): Promise<void> {
    for (let tries = 0; tries < 150; tries += 1) {
      const state = (await (await fetch(`${this.url}/api/v1/__dev/state`)).json()) as { registered: boolean };
      if (state.registered) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error("The browser's phone did not register.");
  }

  /** To another screen, until it has what it shows. */
  async go(page: Page, path: string): Promise<void> {
    await page.goto(this.url + path);
    await page.locator("main h1").first().waitFor({ state: "attached" });
    await page.locator("main [role=status][aria-label]").first().waitFor({ state: "detached" });
    await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));
  }

  async open(path: string, options: { width?: number; height?: number; dark?: boolean; locale?: string; signedIn?: boolean; theme?: "auto" } = {}): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
    const { width = 1440, height = 900, dark = false, locale = "en", signedIn = true, theme = dark ? "dark" : "light" } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale, permissions: ["microphone", "notifications"], reducedMotion: "reduce" });
    if (signedIn) {
      await context.request.post(`${this.url}/api/v1/auth/sign-in`, { data: { email: "lan@demo.test", password: "demo" } });
      await context.request.patch(`${this.url}/api/v1/auth/me`, { data: { locale, theme } });
    } else await context.request.post(`${this.url}/api/v1/auth/sign-out`);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && !message.text().includes("401") && faults.push(`${message.text()} ${message.location().url}`));
    await page.goto(this.url + path);
    return { page, context, faults };
  }
}
