import { ActionIcon, Button, Input } from "@mantine/core";
import { IconCopy, IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Say } from "@/shared/admin/Say";
import { type FieldProps, list, type Row } from "@/shared/admin/types";
import classes from "./Hours.module.css";
import { alwaysOpen, type Day, dayName, DAYS, type Period, type Week, weekText, wrongPeriods } from "./week";

export function Periods({ label, value, onChange }: { label: string; value: Period[]; onChange: (next: Period[]) => void }) {
  const { t } = useTranslation();
  const wrong = wrongPeriods(value);
  const set = (index: number, place: 0 | 1, time: string) => onChange(value.map((period, at) => (at === index ? (place === 0 ? [time, period[1]] : [period[0], time]) : period)));
  return (
    <div className={classes.periods}>
      {value.map((period, index) => (
        <span key={index} className={classes.period} data-wrong={wrong.has(index) || undefined}>
          <input type="time" aria-label={`${label}: ${t("common.from")}`} value={period[0]} onChange={(event) => set(index, 0, event.target.value)} aria-invalid={wrong.has(index)} />
          –
          <input type="time" aria-label={`${label}: ${t("common.to")}`} value={period[1] === "24:00" ? "23:59" : period[1]} onChange={(event) => set(index, 1, event.target.value)} aria-invalid={wrong.has(index)} />
          <ActionIcon size={28} aria-label={`${t("common.remove")}: ${label} ${period[0]}–${period[1]}`} onClick={() => onChange(value.filter((_, at) => at !== index))}><IconX size={14} /></ActionIcon>
        </span>
      ))}
      {value.length === 0 && <span className="td-muted">{t("admin.hours.closed")}</span>}
      <ActionIcon size={28} aria-label={`${t("admin.hours.addPeriod")}: ${label}`} onClick={() => onChange([...value, value.length ? ["13:00", "18:00"] : ["08:00", "18:00"]])}><IconPlus size={16} /></ActionIcon>
      {wrong.size > 0 && <small className={classes.error} role="alert">{t("admin.hours.wrong")}</small>}
    </div>
  );
}

export function WeekEditor({ label, value, error, onChange }: FieldProps) {
  const { t, i18n } = useTranslation();
  const week = (value ?? {}) as Week;
  const set = (day: Day, periods: Period[]) => onChange({ ...week, [day]: periods });
  const copyDown = () => onChange({ ...week, tue: week.mon ?? [], wed: week.mon ?? [], thu: week.mon ?? [], fri: week.mon ?? [] });
  return (
    <Input.Wrapper label={label} error={error} labelElement="div">
      <div className={classes.week}>
        {DAYS.map((day) => (
          <div key={day} className={classes.day}>
            <span>{dayName(day, i18n.language, "long")}</span>
            <Periods label={dayName(day, i18n.language, "long")} value={list<Period>(week[day])} onChange={(periods) => set(day, periods)} />
          </div>
        ))}
      </div>
      <Button variant="subtle" size="compact-sm" mt={4} leftSection={<IconCopy size={15} />} onClick={copyDown}>{t("admin.hours.copy")}</Button>
    </Input.Wrapper>
  );
}

export function WeekSentence({ row }: { row: Row }) {
  const { t, i18n } = useTranslation();
  const exceptions = list<{ date: string }>(row["exceptions"]);
  const next = exceptions.map((one) => one.date).sort().find((date) => date >= new Date().toISOString().slice(0, 10));
  return (
    <>
      <Say text="admin.hours.say" values={{ name: String(row["name"]), week: alwaysOpen((row["weekly"] ?? {}) as Week) ? t("admin.hours.always") : weekText((row["weekly"] ?? {}) as Week, i18n.language) || t("admin.hours.never"), zone: String(row["time_zone"]) }} />
      {exceptions.length > 0 && <span className="td-muted"> {t("admin.hours.holidays", { count: exceptions.length })}{next ? ` · ${t("admin.hours.next", { date: new Intl.DateTimeFormat(i18n.language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${next}T00:00:00Z`)) })}` : ""}</span>}
    </>
  );
}
