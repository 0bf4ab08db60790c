import { Checkbox, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";

/** A new PIN, "" to have none any more, null to leave it as it is: what it was is known to nobody. */
export function RoomPin({ label, hint, value, error, values, onChange }: FieldProps) {
  const { t } = useTranslation();
  const kept = values["has_pin"] === true;
  const none = kept && value === "";
  return (
    <Stack gap="xs">
      <TextInput
        type="password" inputMode="numeric" autoComplete="new-password" maxLength={12} label={label} description={kept ? t("box.pinKept") : hint} error={error} disabled={none}
        value={String(value ?? "")} onChange={(event) => onChange(event.currentTarget.value.replace(/\D/g, "") || null)}
      />
      {kept && <Checkbox label={t("box.pinNone")} checked={none} onChange={(event) => onChange(event.currentTarget.checked ? "" : null)} />}
    </Stack>
  );
}
