import type { Act } from "../api/flows";

/** Acts as one more test in the file of tests: JSON is YAML, too. */
export function withTest(text: string, flow: string, acts: readonly Act[], name: string): string {
  const head = text.trim() ? text.replace(/\s*$/, "\n") : `flow: ${flow}\ntests:\n`;
  const steps = acts.map((act) => `      - ${act.value === undefined ? act.do : `${act.do}: ${JSON.stringify(act.value)}`}\n`).join("");
  return `${head}  - name: ${JSON.stringify(name)}\n    steps:\n${steps}`;
}
