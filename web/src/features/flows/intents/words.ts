import i18next, { type TFunction } from "i18next";
import type { IntentProblem } from "@/shared/api/types";
import english from "@/shared/i18n/locales/en/bots.json";

// English is in the first bundle, which has no room for words of a screen that few open.
i18next.addResourceBundle("en", "translation", english, true, false);

/** What is wrong with examples; `titles` are the intents' titles by their names. */
export function problemText(t: TFunction, problem: IntentProblem, titles: ReadonlyMap<string, string>): string {
  const named = (name: string | null | undefined) => (name ? (titles.get(name) ?? name) : t("intents.none"));
  return t(`intents.problem.${problem.rule}`, { intent: named(problem.intent), other: named(problem.other), text: problem.text ?? "", count: problem.count ?? 0 });
}
