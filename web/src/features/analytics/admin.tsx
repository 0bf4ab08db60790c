import { NumberInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FieldProps, resourceOf, type Row } from "@/shared/admin/types";
import type { Names } from "@/shared/admin/types";
import { Say } from "@/shared/admin/Say";
import type { AlertMeasure, Wanted } from "@/shared/api/types";
import i18next from "i18next";
import { isOfQueue, isShare, MEASURES, measureText } from "./components/alertText";

/** Contacts, seconds or per cent, by what is measured. */
function Threshold({ label, value, error, values, onChange }: FieldProps) {
  const share = isShare(values["measure"]);
  const shown = typeof value !== "number" ? "" : share ? Math.round(value * 100) : value;
  return (
    <NumberInput
      label={label} error={error} withAsterisk min={1} max={share ? 100 : 86_400} allowDecimal={false} suffix={share ? " %" : values["measure"] === "waiting" ? undefined : " s"}
      value={shown} onChange={(next) => onChange(next === "" ? null : share ? Number(next) / 100 : Number(next))}
    />
  );
}

function Sentence({ row, names }: { row: Row; names: Names }) {
  const { t, i18n } = useTranslation();
  const measure = row["measure"] as AlertMeasure;
  const where = isOfQueue(measure) ? (names("/queues", row["queue_id"]) ?? t("alert.rule.everyQueue")) : (names("/teams", row["team_id"]) ?? t("alert.rule.everybody"));
  const reason = names("/reasons", row["reason_id"]);
  return (
    <>
      <Say text={`alert.rule.say.${measure}`} values={{ where, limit: measureText(measure, Number(row["threshold"]), i18n.language), reason: reason ?? t("alert.rule.anyReason") }} />{" "}
      <span className="td-muted">{t(`alert.severity.${row["severity"] === "critical" ? "critical" : "warning"}`)}</span>
    </>
  );
}

const nameOf = (row: Row): string => i18next.t(`alert.measure.${row["measure"] as AlertMeasure}`);
const ofQueue = (values: Record<string, unknown>): boolean => isOfQueue(values["measure"]);

export const alertRulesResource = resourceOf<Wanted["alertRule"]>({
  section: "alerts", path: "/alert-rules", title: "alert.rules", lead: "alert.rules.lead", create: "alert.rules.new", empty: "alert.rules.empty", nameOf,
  blank: { measure: "waiting", threshold: 5, for_s: 0, at_least: 10, severity: "warning", queue_id: null, team_id: null, reason_id: null },
  fields: [
    { key: "measure", label: "alert.measure", kind: "choice", required: true, options: MEASURES.map((value) => ({ value, label: `alert.measure.${value}` as const })) },
    { key: "threshold", label: "alert.rule.threshold", kind: "custom", required: true, input: (props) => <Threshold {...props} /> },
    { key: "severity", label: "alert.log.severity", kind: "choice", required: true, options: (["warning", "critical"] as const).map((value) => ({ value, label: `alert.severity.${value}` as const })) },
    { key: "queue_id", label: "alert.queue", hint: "alert.rule.queueHint", kind: "ref", refs: "/queues", when: ofQueue },
    { key: "team_id", label: "floor.team", hint: "alert.rule.teamHint", kind: "ref", refs: "/teams", when: (values) => !ofQueue(values) },
    { key: "reason_id", label: "alert.rule.reason", hint: "alert.rule.reasonHint", kind: "ref", refs: "/reasons", when: (values) => values["measure"] === "not_ready" },
    { key: "for_s", label: "alert.rule.for", hint: "alert.rule.forHint", kind: "seconds", min: 0, max: 3600 },
    { key: "at_least", label: "alert.rule.atLeast", hint: "alert.rule.atLeastHint", kind: "number", min: 1, when: (values) => isShare(values["measure"]) },
  ],
  Sentence,
});
