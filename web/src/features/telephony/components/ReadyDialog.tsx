import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useSoftphone } from "../softphone/context";
import classes from "./Devices.module.css";

export interface Check { name: "microphone" | "sound" | "registration" | "connection"; ok: boolean; help: string }

const LOOK_MS = 1000;
/** What mends itself while one waits. */
const PASSING = ["registration", "connection"];

/** What was found before going ready, and what to do about it. A phone that signs in meanwhile needs no further click. */
export function ReadyDialog({ checks, onClose, onAgain }: { checks: Check[]; onClose: (go: boolean) => void; onAgain: () => void }) {
  const { t } = useTranslation();
  const phone = useSoftphone();
  const passes = checks.every((check) => check.ok || PASSING.includes(check.name));
  // The microphone is not opened again and again, only once when the phone is there.
  const there = () => !checks.some((check) => check.name === "microphone") || phone?.snapshot().registration === "registered";
  useInterval(() => { if (passes && there()) onAgain(); }, LOOK_MS, { autoInvoke: true });
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
