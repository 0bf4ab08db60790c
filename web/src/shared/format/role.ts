import i18next from "i18next";
import "@/shared/i18n/admin";

/** A role's name: the built-in ones are called by the reader's word, own ones as they were named. */
export function roleName(role: object): string {
  const { name, builtin } = role as { name?: string; builtin?: string | null };
  const key = `role.${builtin ?? ""}`;
  return i18next.exists(key) ? i18next.t(key as "role.agent") : (name ?? "");
}
