import { ActionIcon, Button, Input, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FieldProps, list } from "@/shared/admin/types";
import classes from "@/shared/admin/week/Hours.module.css";
import type { Period } from "@/shared/admin/week/week";
import { Periods } from "@/shared/admin/week/WeekEditor";

interface Exception { date: string; name: string; periods: Period[] }

/** Holidays and days with other hours; no period means closed all day. */
export function ExceptionsEditor({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const rows = list<Exception>(value);
  const set = (index: number, part: Partial<Exception>) => onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={8} mt={4}>
        {rows.map((row, index) => (
          <div key={index} className={classes.exception}>
            <TextInput type="date" aria-label={t("admin.hours.date")} value={row.date} onChange={(event) => set(index, { date: event.currentTarget.value })} />
            <TextInput aria-label={t("admin.field.name")} placeholder={t("admin.hours.holidayName")} value={row.name} onChange={(event) => set(index, { name: event.currentTarget.value })} />
            <ActionIcon aria-label={`${t("common.remove")}: ${row.name || row.date}`} onClick={() => onChange(rows.filter((_, at) => at !== index))}><IconX size={16} /></ActionIcon>
            <div className={classes.exceptionHours}><Periods label={row.name || row.date} value={list<Period>(row.periods)} onChange={(periods) => set(index, { periods })} /></div>
          </div>
        ))}
        <div><Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => onChange([...rows, { date: new Date().toISOString().slice(0, 10), name: "", periods: [] }])}>{t("admin.hours.addHoliday")}</Button></div>
      </Stack>
    </Input.Wrapper>
  );
}
