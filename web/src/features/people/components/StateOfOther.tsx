import { Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconLogout, IconMinus, IconPlugX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id, Presence } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import "@/shared/i18n/floor";
import { useForcePresence, useSignOutUser, type WantedState } from "../api/floor";
import { ReasonItems, SignOutQuestion } from "./StateParts";

/** `contact`: who the agent has in hand, by name, or null. Each change can be taken back; signing out is asked about, for it cannot. */
export function StateOfOther({ userId, name, presence, contact }: { userId: Id; name: string; presence: Presence; contact: string | null }) {
  const { t } = useTranslation();
  const describe = useProblemText();
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
            <ReasonItems onPick={set} />
            <Menu.Divider />
            <Menu.Item leftSection={<IconMinus size={17} />} onClick={() => set({ state: "not_ready" }, t("state.not_ready"))}>{t("floor.state.noReason")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" leftSection={<IconPlugX size={16} />} disabled={presence.state === "offline"} loading={force.isPending} onClick={() => set({ state: "offline" }, t("state.offline"))}>{t("state.offline")}</Button>
        <Button variant="default" leftSection={<IconLogout size={16} />} loading={signOut.isPending} onClick={() => setAsking(true)}>{t("floor.signOut")}</Button>
      </Group>
      <Text size="sm" c="dimmed">{t(contact ? "floor.state.goesOn" : "floor.state.told", { contact: contact ?? "" })}</Text>
      <SignOutQuestion opened={asking} onClose={() => setAsking(false)} title={t("floor.signOut.title", { name })} text={t(contact ? "floor.signOut.contact" : "floor.signOut.text", { contact: contact ?? "" })} onSure={leave} />
    </Stack>
  );
}
