import { Input, Stack, Textarea } from "@mantine/core";
import { LOCALE_NAMES, LOCALES } from "@/shared/i18n";
import type { FieldProps } from "./types";

/** A text in up to three languages; one that is left empty is not there. */
export function Texts({ label, hint, value, error, errors, required, onChange }: FieldProps & { required?: boolean }) {
  const texts = (value ?? {}) as Record<string, string>;
  const set = (locale: string, text: string) => onChange(Object.fromEntries(Object.entries({ ...texts, [locale]: text }).filter(([, one]) => one !== "")));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div" withAsterisk={required}>
      <Stack gap={8} mt={4}>
        {LOCALES.map((locale) => (
          <Textarea key={locale} aria-label={`${label}: ${LOCALE_NAMES[locale]}`} lang={locale} autosize minRows={2} maxRows={10} maxLength={4000} leftSection={<small>{locale.toUpperCase()}</small>} value={texts[locale] ?? ""} error={errors[locale]} onChange={(event) => set(locale, event.currentTarget.value)} />
        ))}
      </Stack>
    </Input.Wrapper>
  );
}
