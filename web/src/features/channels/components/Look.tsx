import { ColorInput, Group, Input, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";

type Value = Wanted["widget"]["look"];
const COLOURS = ["#0b6bcb", "#0e6f85", "#1b6e3c", "#855000", "#a03c00", "#b42318", "#6b2fb3", "#171b21"];
const SIDES = ["left", "right"] as const;
const written = (texts: Record<string, string>): Record<string, string> => Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));

/** Texts by language, the colour of the button and where on the page it stands. */
export function Look({ value, error, errors, onChange }: FieldProps) {
  const { t } = useTranslation();
  const look = value as Value;
  const set = (part: Partial<Value>) => onChange({ ...look, ...part });
  const name = (field: string, locale: string) => `${field}: ${LOCALE_NAMES[locale as "en"]}`;
  return (
    <Stack gap="md">
      <Input.Wrapper label={t("admin.widgets.title")} error={error ?? errors["title"]} labelElement="div">
        <Stack gap={6} mt={4}>
          {LOCALES.map((locale) => (
            <TextInput key={locale} aria-label={name(t("admin.widgets.title"), locale)} lang={locale} maxLength={60} leftSection={<small>{locale.toUpperCase()}</small>} value={look.title[locale] ?? ""} error={errors[`title.${locale}`]} onChange={(event) => set({ title: written({ ...look.title, [locale]: event.currentTarget.value }) })} />
          ))}
        </Stack>
      </Input.Wrapper>
      <Input.Wrapper label={t("admin.widgets.greeting")} error={errors["greeting"]} labelElement="div">
        <Stack gap={6} mt={4}>
          {LOCALES.map((locale) => (
            <Textarea key={locale} aria-label={name(t("admin.widgets.greeting"), locale)} lang={locale} maxLength={500} autosize minRows={1} maxRows={5} leftSection={<small>{locale.toUpperCase()}</small>} value={look.greeting[locale] ?? ""} error={errors[`greeting.${locale}`]} onChange={(event) => set({ greeting: written({ ...look.greeting, [locale]: event.currentTarget.value }) })} />
          ))}
        </Stack>
      </Input.Wrapper>
      <Group gap="md" align="flex-start">
        <ColorInput
          w={190} label={t("admin.widgets.colour")} format="hex" swatches={COLOURS} swatchesPerRow={8} value={look.colour} eyeDropperButtonProps={{ "aria-label": t("admin.widgets.colour") }} withEyeDropper={false}
          error={errors["colour"] ? t("admin.widgets.colourHint") : undefined} onChange={(colour) => set({ colour: colour.toLowerCase() })}
        />
        <Input.Wrapper label={t("admin.widgets.side")} labelElement="div">
          <div><SegmentedControl aria-label={t("admin.widgets.side")} value={look.side} onChange={(side) => set({ side: side as Value["side"] })} data={SIDES.map((side) => ({ value: side, label: t(`admin.widgets.side.${side}`) }))} /></div>
        </Input.Wrapper>
      </Group>
    </Stack>
  );
}
