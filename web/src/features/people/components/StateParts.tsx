import { Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { localized } from "@/shared/format/localized";
import "@/shared/i18n/floor";
import { reasonsQuery } from "../api/presence";
import type { WantedState } from "../api/floor";
import { ReasonIcon } from "./reasonIcon";

/** The reasons for which somebody else is made not ready, each with its word. */
export function ReasonItems({ onPick }: { onPick: (wanted: WantedState, word: string) => void }) {
  const { i18n } = useTranslation();
  const reasons = useQuery(reasonsQuery).data ?? [];
  return reasons.filter((reason) => !reason.system).map((reason) => {
    const word = localized(reason.name, i18n.language);
    return <Menu.Item key={reason.id} leftSection={<ReasonIcon name={reason.icon} size={17} />} onClick={() => onPick({ state: "not_ready", reason_id: reason.id }, word)}>{word}</Menu.Item>;
  });
}

/** Signing out cannot be taken back: it is asked about. */
export function SignOutQuestion({ opened, title, text, onClose, onSure }: { opened: boolean; title: string; text: string; onClose: () => void; onSure: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{text}</Text>
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose} data-autofocus>{t("common.cancel")}</Button>
          <Button color="red.9" onClick={onSure}>{t("floor.signOut")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
