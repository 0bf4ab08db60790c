import { Group, Input, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";

type Value = NonNullable<Wanted["mailbox"]["oauth"]>;
const NAMES = ["google", "microsoft", "other"] as const;
const MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0";
const PROVIDERS: Record<(typeof NAMES)[number], Omit<Value, "client_id">> = {
  google: { authorize_url: "https://accounts.google.com/o/oauth2/v2/auth", token_url: "https://oauth2.googleapis.com/token", scope: "https://mail.google.com/" },
  microsoft: { authorize_url: `${MICROSOFT}/authorize`, token_url: `${MICROSOFT}/token`, scope: "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access" },
  other: { authorize_url: "", token_url: "", scope: "" },
};
const PLACES = ["authorize_url", "token_url", "scope"] as const;
const nameOf = (value: Value) => NAMES.find((name) => PROVIDERS[name].token_url === value.token_url) ?? "other";

/** The provider at which one signs in, and what our application is called there. */
export function OAuthApp({ label, value, error, errors, onChange }: FieldProps) {
  const { t } = useTranslation();
  const app = (value as Value | null) ?? { ...PROVIDERS.google, client_id: "" };
  const set = (part: Partial<Value>) => onChange({ ...app, ...part });
  return (
    <Input.Wrapper label={label} error={error} labelElement="div" required description={t("mailbox.oauth.hint", { url: `${window.location.origin}/api/v1/mailbox-sign-in` })}>
      <Stack gap="xs" mt={6}>
        <Group><SegmentedControl aria-label={label} value={nameOf(app)} onChange={(name) => set(PROVIDERS[name as "other"])} data={NAMES.map((name) => ({ value: name, label: t(`mailbox.oauth.${name}`) }))} /></Group>
        <TextInput label={t("mailbox.oauth.client_id")} required value={app.client_id} error={errors["client_id"]} onChange={(event) => set({ client_id: event.currentTarget.value })} />
        {PLACES.map((place) => <TextInput key={place} label={t(`mailbox.oauth.${place}`)} required={place !== "scope"} spellCheck={false} value={app[place] ?? ""} error={errors[place]} onChange={(event) => set({ [place]: event.currentTarget.value })} />)}
      </Stack>
    </Input.Wrapper>
  );
}
