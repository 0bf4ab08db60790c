import { Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconLogout, IconMinus, IconPlugX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Presence } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { localized } from "@/shared/format/localized";
import "@/shared/i18n/floor";
import { reasonsQuery } from "../api/presence";
import { useForcePresence, useSignOutUser, type WantedState } from "../api/floor";
import { ReasonIcon } from "./reasonIcon";

/** `contact`: who the agent has in hand, by name, or null. Each change can be taken back; signing out is asked about, for it cannot. */
export function StateOfOther({ userId, name, presence, contact }: { userId: Id; name: string; presence: Presence; contact: string | null }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const reasons = useQuery(reasonsQuery).data ?? [];
  const [asking, setAsking] = useState(false);
  const force = useForcePresence(userId);
  const signOut = useSignOutUser(userId);
  const failed = { onError: (error: unknown) => notice(describe(error), "bad") };
  const set = (wanted: WantedState, word: string) => {
    const before: WantedState = { state: presence.state, ...(presence.reason && { reason_id: presence.reason.id }) };
    force.mutate(wanted, { ...failed, onSuccess: () => undoable(t("floor.state.done", { name, state: word }), t("common.undo"), () => force.mutate(before, failed)) });
  };
  const leave = () => {
    setAsking(false);
    signOut.mutate(undefined, { ...failed, onSuccess: () => notice(t("floor.signOut.done", { name })) });
  };
  return (
    <Stack gap={8}>
      <Group gap={8}>
        <Button variant="default" leftSection={<IconCircleCheck size={16} color="var(--ready-mark)" />} disabled={presence.state === "ready"} loading={force.isPending} onClick={() => set({ state: "ready" }, t("state.ready"))}>{t("state.ready")}</Button>
        <Menu position="bottom-start">
          <Menu.Target><Button variant="default" leftSection={<IconMinus size={16} />} loading={force.isPending}>{t("floor.state.notReady")}</Button></Menu.Target>
          <Menu.Dropdown>
            {reasons.filter((reason) => !reason.system).map((reason) => (
              <Menu.Item key={reason.id} leftSection={<ReasonIcon name={reason.icon} size={17} />} onClick={() => set({ state: "not_ready", reason_id: reason.id }, localized(reason.name, i18n.language))}>{localized(reason.name, i18n.language)}</Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item leftSection={<IconMinus size={17} />} onClick={() => set({ state: "not_ready" }, t("state.not_ready"))}>{t("floor.state.noReason")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" leftSection={<IconPlugX size={16} />} disabled={presence.state === "offline"} loading={force.isPending} onClick={() => set({ state: "offline" }, t("state.offline"))}>{t("state.offline")}</Button>
        <Button variant="default" leftSection={<IconLogout size={16} />} loading={signOut.isPending} onClick={() => setAsking(true)}>{t("floor.signOut")}</Button>
      </Group>
      <Text size="sm" c="dimmed">{t(contact ? "floor.state.goesOn" : "floor.state.told", { contact: contact ?? "" })}</Text>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("floor.signOut.title", { name })} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{t(contact ? "floor.signOut.contact" : "floor.signOut.text", { contact: contact ?? "" })}</Text>
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>{t("common.cancel")}</Button>
            <Button color="red.9" onClick={leave}>{t("floor.signOut")}</Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
