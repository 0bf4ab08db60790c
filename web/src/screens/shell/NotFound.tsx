import { Anchor } from "@mantine/core";
import { IconMapOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "@/shared/components/Feedback";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      icon={<IconMapOff size={36} />} title={t("error.notFoundTitle")} text={t("error.notFoundText")}
      action={<Anchor href="/workspace">{t("nav.workspace")}</Anchor>}
    />
  );
}
