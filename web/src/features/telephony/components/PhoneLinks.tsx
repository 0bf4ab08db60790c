import "@/shared/i18n/outbound";
import { Button, Text } from "@mantine/core";
import { IconLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Have the browser bring phone links of all pages here. It asks the user itself, and its settings take it back. */
export function PhoneLinks() {
  const { t } = useTranslation();
  if (!("registerProtocolHandler" in navigator)) return null;
  return (
    <div>
      <Button variant="default" leftSection={<IconLink size={16} />} onClick={() => navigator.registerProtocolHandler("tel", `${location.origin}/dial?to=%s`)}>{t("dial.links")}</Button>
      <Text size="sm" c="dimmed" mt={4}>{t("dial.linksHint")}</Text>
    </div>
  );
}
