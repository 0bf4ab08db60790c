import i18next, { type TFunction } from "i18next";
import type { FlowProblem, VerbCard } from "@/shared/api/types";
import { exitText, verbText } from "@/shared/components/flowWords";
import english from "@/shared/i18n/locales/en/flows.json";
import type { Change } from "./diff";
import type { Comment } from "./model";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);

const word = (key: string, values: Record<string, unknown> = {}): string | null => (i18next.exists(key) ? i18next.t(key as "design.save", values) : null);

/** What a parameter is called; one that a newer server brings is shown as it is. */
export const fieldText = (field: string): string => word(`flowField.${field}`) ?? field;
export const partText = (kind: string): string => word(`flowPart.${kind}`) ?? kind;
export const verbHelp = (card: VerbCard): string => word(`verbHelp.${card.name}`) ?? card.description;
export const lineText = (kind: string): string => word(`tryLine.${kind}`) ?? kind;
export const endText = (end: string): string => word(`tryEnd.${end}`) ?? end;

/** A problem in the reader's language; English readers get the server's own words, which say more. */
export function problemText(t: TFunction, problem: FlowProblem): string {
  const said = `${problem.message}. ${problem.mend}`;
  if (i18next.language === "en") return said.charAt(0).toUpperCase() + said.slice(1);
  const exit = problem.field?.startsWith("go.") ? exitText(t, problem.field.slice(3)) : "";
  const rule = problem.rule ? word(`flowRule.${problem.rule}`, { limit: problem.limit ?? "" }) : null;
  const field = problem.field ? fieldText(problem.field.split(".")[0] ?? "") : "";
  if (rule) return `${field}: ${rule}`;
  return word(`flowProblem.${problem.code}`, { name: problem.name ?? "", exit, field }) ?? said;
}

const isComments = (value: unknown): value is Comment[] => Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "object" && one !== null && "text" in one && "place" in one);
const shown = (value: unknown): string => (isComments(value) ? value.map((one) => one.text).join(" · ") : value === undefined || value === null || value === "" ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** What a difference is about, and its two values, in words. */
export function changeText(t: TFunction, { kind, step, member, before, after }: Change): { what: string; before: string; after: string } {
  if (kind !== "changed") return { what: t(kind === "added" ? "design.stepAdded" : "design.stepRemoved", { step }), before: kind === "removed" ? verbText(t, String(before)) : "–", after: kind === "added" ? verbText(t, String(after)) : "–" };
  const [first = "", ...more] = member.split(".");
  const name = more.join(".");
  const what = first === "go" ? t("design.wayOf", { exit: exitText(t, name) }) : fieldText(name || first);
  return { what: step ? `${step}: ${what}` : what, before: shown(before), after: shown(after) };
}
