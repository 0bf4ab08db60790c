import { Input, SegmentedControl, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FieldProps, list } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import classes from "./Widgets.module.css";

type Asked = NonNullable<Wanted["widget"]["pre_chat"]>[number];
const NAMES = ["name", "email", "phone"] as const;
const HOW = ["no", "optional", "required"] as const;

/** Of each thing whether it is asked, and whether the chat waits for it. */
export function PreChat({ label, hint, value, error, onChange }: FieldProps) {
  const { t } = useTranslation();
  const asked = list<Asked>(value);
  const howOf = (name: Asked["name"]) => {
    const one = asked.find((row) => row.name === name);
    return one ? (one.required ? "required" : "optional") : "no";
  };
  const set = (name: Asked["name"], how: string) =>
    onChange(NAMES.flatMap((other): Asked[] => {
      const its = other === name ? how : howOf(other);
      return its === "no" ? [] : [{ name: other, required: its === "required" }];
    }));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap={6} mt={6}>
        {NAMES.map((name) => (
          <div key={name} className={classes.asked}>
            <span>{t(`admin.widgets.ask.${name}`)}</span>
            <SegmentedControl size="sm" aria-label={t(`admin.widgets.ask.${name}`)} value={howOf(name)} onChange={(how) => set(name, how)} data={HOW.map((how) => ({ value: how, label: t(`admin.widgets.asked.${how}`) }))} />
          </div>
        ))}
      </Stack>
    </Input.Wrapper>
  );
}
