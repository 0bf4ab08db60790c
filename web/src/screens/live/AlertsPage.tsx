import { Button } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AlertLog } from "@/features/analytics/components/AlertLog";
import { Page } from "@/shared/components/Page";
import "@/shared/i18n/floor";

export function AlertsPage() {
  const { t } = useTranslation();
  return (
    <Page wide title={t("alert.past")} actions={<Button component={Link} to="/live" variant="default" leftSection={<IconArrowLeft size={16} />}>{t("board.title")}</Button>}>
      <AlertLog />
    </Page>
  );
}
