import { Button, Group, Menu, Modal, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconLogout, IconMinus, IconPlugX, IconUserCog } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import { localized } from "@/shared/format/localized";
import "@/shared/i18n/floor";
import { type ForcedMany, useForceMany, useSignOutMany, type WantedState } from "../api/floor";
import { reasonsQuery } from "../api/presence";
import { ReasonIcon } from "./reasonIcon";

/** The state of several agents at once. Changes can be taken back; signing out is asked about, for it cannot. Who refuses is named. */
export function StateOfMany({ agents, nameOf, onDone }: { agents: Id[]; nameOf: (id: Id) => string; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const reasons = useQuery(reasonsQuery).data ?? [];
  const [asking, setAsking] = useState(false);
  const force = useForceMany();
  const signOut = useSignOutMany();
  const refused = ({ failed }: ForcedMany) => {
    const [first] = failed;
    if (!first) return;
    const names = new Intl.ListFormat(i18n.language, { type: "conjunction" }).format(failed.map(([id]) => nameOf(id)));
    notice(t("floor.many.refused", { names, why: describe(first[1]) }), "bad");
  };
  const set = (wanted: WantedState, word: string) =>
    force.mutate(agents.map((id) => [id, wanted]), { onSuccess: (made) => {
      refused(made);
      if (made.before.length > 0) undoable(t("floor.many.done", { count: made.before.length, state: word }), t("common.undo"), () => force.mutate(made.before, { onSuccess: refused }));
      onDone();
    } });
  const leave = () => {
    setAsking(false);
    signOut.mutate(agents, { onSuccess: (made) => {
      refused(made);
      if (made.before.length > 0) notice(t("floor.many.signedOut", { count: made.before.length }));
      onDone();
    } });
  };
  return (
    <>
      <Menu position="top-start">
        <Menu.Target><Button variant="default" leftSection={<IconUserCog size={16} />} loading={force.isPending || signOut.isPending}>{t("floor.many.state")}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCircleCheck size={17} color="var(--ready-mark)" />} onClick={() => set({ state: "ready" }, t("state.ready"))}>{t("state.ready")}</Menu.Item>
          <Menu.Divider />
          {reasons.filter((reason) => !reason.system).map((reason) => (
            <Menu.Item key={reason.id} leftSection={<ReasonIcon name={reason.icon} size={17} />} onClick={() => set({ state: "not_ready", reason_id: reason.id }, localized(reason.name, i18n.language))}>{localized(reason.name, i18n.language)}</Menu.Item>
          ))}
          <Menu.Item leftSection={<IconMinus size={17} />} onClick={() => set({ state: "not_ready" }, t("state.not_ready"))}>{t("floor.many.noReason")}</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlugX size={17} />} onClick={() => set({ state: "offline" }, t("state.offline"))}>{t("state.offline")}</Menu.Item>
          <Menu.Item leftSection={<IconLogout size={17} />} onClick={() => setAsking(true)}>{t("floor.signOut")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("floor.many.signOut", { count: agents.length })} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack>
          <Text>{t("floor.many.signOutText")}</Text>
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>{t("common.cancel")}</Button>
            <Button color="red.9" onClick={leave}>{t("floor.signOut")}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
