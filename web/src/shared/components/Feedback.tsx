import { Alert, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";

/** Codes that say no more than the status does. */
const BY_STATUS = /^(error|forbidden|not_found|too_many|internal|http_.*|method_not_allowed)$/;

export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return (error) => {
    if (!(error instanceof Problem)) return t("error.unexpected");
    if (error.status === 0) return t("error.offline");
    const [field, ...more] = Object.values(error.fields);
    if (error.code === "invalid" && field && more.length === 0) return field;
    const key = `problem.${error.code}`;
    // The server's own sentence is English and may say more than its code does; other readers get the code's sentence.
    const own = i18n.language === "en" ? error.message : i18n.exists(key) ? t(key as "problem.do_not_call", { reason: error.reason }) : "";
    if (own && !BY_STATUS.test(error.code)) return own;
    if (error.status === 403) return t("error.forbidden");
    if (error.status === 404) return t("error.gone");
    if (error.status === 429) return t("error.tooMany");
    if (error.status >= 500) return t("error.server");
    return error.message || t("error.unexpected");
  };
}

export function ProblemNote({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const text = useProblemText();
  if (!error) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert" p="sm">
      <Group justify="space-between" gap="sm">
        <Text size="md" c="var(--td-text)">{text(error)}</Text>
        {retry && (
          <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={retry}>{t("common.retry")}</Button>
        )}
      </Group>
    </Alert>
  );
}

/** An empty place says what belongs there and what to do next. */
export function EmptyState({ icon, title, text, action }: { icon: ReactNode; title: string; text?: string; action?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py={36} px="md" ta="center" c="var(--td-muted)">
      {icon}
      <Title order={3} c="var(--td-text)">{title}</Title>
      {text && <Text maw={380}>{text}</Text>}
      {action && <div style={{ marginTop: 8 }}>{action}</div>}
    </Stack>
  );
}

export function Loading({ rows = 6, height = 32 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap={8} role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" width={`${100 - (row % 3) * 9}%`} />
      ))}
    </Stack>
  );
}
