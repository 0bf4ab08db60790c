import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

export const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on the page as it is now. `only` the rules named: those that a change of colours can break, say. */
export async function violations(page: Page, only?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  const results = (await page.evaluate(async (run) => {
    const { axe } = window as unknown as { axe: { run: (where: Document, options: object) => Promise<unknown> } };
    return axe.run(document, { ...run, resultTypes: ["violations"] });
  }, only ? { runOnly: { type: "rule", values: only } } : { runOnly: LEVELS })) as AxeResults;
  return results.violations.flatMap((rule) => rule.nodes.slice(0, 4).map((node) => `${rule.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? ""}`));
}
