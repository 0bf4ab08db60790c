import { Button, Input, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type FieldProps, list } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { errorsAt, moved } from "./ordered";
import { type Trigger, TriggerCard } from "./TriggerCard";
import classes from "./Widgets.module.css";

const MOST = 10;
const blank = (): Trigger => ({ id: crypto.randomUUID(), text: {}, how: "contains", page: "", seconds: 30, scroll: 0, leaving: false, visit: 1, there: false, days: 7 });

/** Greetings that come up by themselves beside the launcher; of several, the first whose moment it is. */
export function Triggers({ label, hint, value, error, errors, values, onChange }: FieldProps) {
  const { t } = useTranslation();
  const triggers = list<Trigger>(value);
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap="sm" mt={6}>
        {triggers.length === 0 && <p className={classes.none}>{t("triggers.none")}</p>}
        {triggers.map((trigger, place) => (
          <TriggerCard
            key={trigger.id} trigger={trigger} place={place} last={place === triggers.length - 1} look={values["look"] as Wanted["widget"]["look"]} errors={errorsAt(errors, place)}
            onChange={(next) => onChange(triggers.map((one, at) => (at === place ? next : one)))} onMove={(by) => onChange(moved(triggers, place, by))} onRemove={() => onChange(triggers.filter((_, at) => at !== place))}
          />
        ))}
        <Button variant="default" w="fit-content" leftSection={<IconPlus size={16} />} disabled={triggers.length >= MOST} onClick={() => onChange([...triggers, blank()])}>{t("triggers.add")}</Button>
      </Stack>
    </Input.Wrapper>
  );
}
