import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./Devices.module.css";

export interface Check { name: "microphone" | "sound" | "registration" | "connection"; ok: boolean; help: string }

/** What was found before going ready, and what to do about it. */
export function ReadyDialog({ checks, onClose, onAgain }: { checks: Check[]; onClose: (go: boolean) => void; onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={() => onClose(false)} title={t("check.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack gap="md">
        <Text>{t("check.lead")}</Text>
        {checks.map((check) => (
          <div key={check.name} className={classes.check}>
            {check.ok ? <IconCircleCheck size={20} color="var(--ready-mark)" aria-label={t("check.ok")} /> : <IconCircleX size={20} color="var(--td-danger)" aria-label={t("check.bad")} />}
            <strong>{t(`check.${check.name}`)}</strong>
            {!check.ok && <span className={classes.help}>{check.help}</span>}
          </div>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(true)}>{t("check.anyway")}</Button>
          <Button data-autofocus onClick={onAgain}>{t("check.again")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
