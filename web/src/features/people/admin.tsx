import { list, resourceOf } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { localized } from "@/shared/format/localized";
import { roleName } from "@/shared/format/role";
import { Say } from "@/shared/admin/Say";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import { zoneOptions } from "@/shared/format/zones";
import { PermissionMatrix } from "./components/PermissionMatrix";
import { ReasonIcon, REASON_ICONS } from "./components/reasonIcon";
import { SkillLevels } from "./components/SkillLevels";

const several = (names: (string | null)[]): string => names.filter(Boolean).join(", ") || "–";
const locales = LOCALES.map((locale) => ({ value: locale, label: { text: LOCALE_NAMES[locale] } }));

export const usersResource = resourceOf<Wanted["user"]>({
  section: "users", path: "/users", title: "admin.users", lead: "admin.users.lead", create: "admin.users.new", empty: "admin.users.empty",
  blank: { name: "", email: "", locale: "en", time_zone: "Asia/Ho_Chi_Minh", extension: null, role_ids: [], team_ids: [], skills: [], password: "" },
  nameOf: (row) => String(row["name"]), liveWarning: "admin.users.live",
  fields: [
    { key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "email", label: "signIn.email", kind: "email", required: true },
    { key: "password", label: "signIn.password", hint: "admin.users.passwordHint", kind: "password", only: "new" },
    { key: "role_ids", label: "admin.roles", kind: "refs", refs: "/roles" }, { key: "team_ids", label: "admin.teams", kind: "refs", refs: "/teams" },
    { key: "skills", label: "admin.skills", kind: "custom", input: (props) => <SkillLevels {...props} /> },
    { key: "extension", label: "admin.field.extension", kind: "text" }, { key: "locale", label: "signIn.language", kind: "choice", options: locales, required: true }, { key: "time_zone", label: "admin.hours.zone", kind: "choice", options: zoneOptions, required: true },
  ],
  Sentence: ({ row, names }) => (
    <>
      <Say text={!list(row["role_ids"]).length ? "admin.users.sayNoRole" : list(row["team_ids"]).length ? "admin.users.say" : "admin.users.sayNoTeam"} values={{ name: String(row["name"]), roles: several(list<string>(row["role_ids"]).map((id) => names("/roles", id))), teams: several(list<string>(row["team_ids"]).map((id) => names("/teams", id))) }} />
      <span className="td-muted"> {[row["email"], row["extension"]].filter(Boolean).join(" · ")}</span>
    </>
  ),
});
export const teamsResource = resourceOf<Wanted["team"]>({
  section: "teams", path: "/teams", title: "admin.teams", lead: "admin.teams.lead", create: "admin.teams.new", empty: "admin.teams.empty", blank: { name: "", member_ids: [], leader_ids: [] }, nameOf: (row) => String(row["name"]),
  fields: [{ key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "leader_ids", label: "admin.field.leaders", kind: "refs", refs: "/users" }, { key: "member_ids", label: "admin.field.members", kind: "refs", refs: "/users" }],
  Sentence: ({ row, names }) => <Say text="admin.teams.say" values={{ name: String(row["name"]), count: list(row["member_ids"]).length, leaders: several(list<string>(row["leader_ids"]).map((id) => names("/users", id))) }} />,
});
export const skillsResource = resourceOf<Wanted["skill"]>({
  section: "skills", path: "/skills", title: "admin.skills", lead: "admin.skills.lead", create: "admin.skills.new", empty: "admin.skills.empty", blank: { name: "" }, nameOf: (row) => String(row["name"]),
  fields: [{ key: "name", label: "admin.field.name", kind: "text", required: true }],
  Sentence: ({ row }) => <strong>{String(row["name"])}</strong>,
});
export const rolesResource = resourceOf<Wanted["role"]>({
  section: "roles", path: "/roles", title: "admin.roles", lead: "admin.roles.lead", create: "admin.roles.new", empty: "admin.roles.empty", blank: { name: "", grants: {} }, nameOf: roleName, kept: (row) => Boolean(row["builtin"]), fixed: (row) => Boolean(row["builtin"]), liveWarning: "admin.roles.live",
  fields: [{ key: "name", label: "admin.field.name", kind: "text", required: true }, { key: "grants", label: "admin.field.grants", kind: "custom", input: (props) => <PermissionMatrix {...props} /> }],
  Sentence: ({ row }) => <Say text={row["builtin"] ? "admin.roles.sayBuiltin" : "admin.roles.say"} values={{ name: roleName(row), count: Object.keys((row["grants"] ?? {}) as object).length }} />,
});
export const reasonsResource = resourceOf<Wanted["reason"]>({
  section: "reasons", path: "/reasons", title: "admin.reasons", lead: "admin.reasons.lead", create: "admin.reasons.new", empty: "admin.reasons.empty", blank: { name: {}, icon: "coffee", is_break: true, max_minutes: null }, kept: (row) => Boolean(row["system"]), nameOf: (row, locale) => localized(row["name"], locale),
  fields: [
    { key: "name", label: "admin.field.name", kind: "localized", required: true }, { key: "icon", label: "admin.field.icon", kind: "choice", options: Object.keys(REASON_ICONS).map((icon) => ({ value: icon, label: { text: icon } })) },
    { key: "is_break", label: "admin.field.isBreak", kind: "switch" }, { key: "max_minutes", label: "admin.field.maxMinutes", hint: "admin.field.maxMinutesHint", kind: "number", min: 1 },
  ],
  Sentence: ({ row }) => (
    <span style={{ display: "inline-flex", gap: 8, alignItems: "center" }}>
      <ReasonIcon name={(row["icon"] as string | null) ?? null} />
      <span><ReasonSentence row={row} /></span>
    </span>
  ),
});

function ReasonSentence({ row }: { row: Record<string, unknown> }) {
  const minutes = row["max_minutes"];
  return <Say text={row["system"] ? "admin.reasons.saySystem" : row["is_break"] ? (minutes ? "admin.reasons.sayBreakMax" : "admin.reasons.sayBreak") : minutes ? "admin.reasons.sayWorkMax" : "admin.reasons.sayWork"} values={{ name: localized(row["name"], document.documentElement.lang), minutes: String(minutes) }} />;
}
