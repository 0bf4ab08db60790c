import { Group, Input, NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldProps } from "@/shared/admin/types";
import type { Wanted } from "@/shared/api/types";

type Value = Wanted["mailbox"]["imap"];
const SECURITY = ["tls", "starttls", "none"] as const;

/** A server's name, its port and how the line to it is encrypted. The port follows the encryption, as is usual. */
export function Access({ label, value, error, errors, usual, onChange }: FieldProps & { usual: Record<(typeof SECURITY)[number], number> }) {
  const { t } = useTranslation();
  const access = value as Value;
  const set = (part: Partial<Value>) => onChange({ ...access, ...part });
  const secure = (security: (typeof SECURITY)[number]) => set({ security, ...(access.port === usual[access.security ?? "tls"] ? { port: usual[security] } : {}) });
  const name = (part: string) => `${label}: ${part}`;
  return (
    <Input.Wrapper label={label} error={error} labelElement="div" required>
      <Group gap="xs" align="flex-start" mt={4}>
        <TextInput flex="1 1 220px" aria-label={name(t("admin.mailboxes.host"))} placeholder={t("admin.mailboxes.host")} value={access.host} error={errors["host"]} onChange={(event) => set({ host: event.currentTarget.value })} />
        <NumberInput w={100} hideControls aria-label={name(t("admin.mailboxes.port"))} min={1} max={65535} allowDecimal={false} value={access.port} error={errors["port"]} onChange={(port) => set({ port: Number(port) })} />
        <Select w={210} aria-label={name(t("admin.mailboxes.security"))} allowDeselect={false} value={access.security ?? "tls"} data={SECURITY.map((one) => ({ value: one, label: one === "none" ? t("admin.mailboxes.unencrypted") : one.toUpperCase() }))} onChange={(security) => secure(security as "tls")} />
      </Group>
    </Input.Wrapper>
  );
}
