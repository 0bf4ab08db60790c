import { Button, Menu } from "@mantine/core";
import { IconCircleCheck, IconLogout, IconMinus, IconPlugX, IconUserCog } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import "@/shared/i18n/floor";
import { type ForcedMany, useForceMany, useSignOutMany, type WantedState } from "../api/floor";
import { ReasonItems, SignOutQuestion } from "./StateParts";

/** The state of several agents at once. Changes can be taken back; signing out is asked about, for it cannot. Who refuses is named. */
export function StateOfMany({ agents, nameOf, onDone }: { agents: Id[]; nameOf: (id: Id) => string; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
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
          <ReasonItems onPick={set} />
          <Menu.Item leftSection={<IconMinus size={17} />} onClick={() => set({ state: "not_ready" }, t("state.not_ready"))}>{t("floor.many.noReason")}</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<IconPlugX size={17} />} onClick={() => set({ state: "offline" }, t("state.offline"))}>{t("state.offline")}</Menu.Item>
          <Menu.Item leftSection={<IconLogout size={17} />} onClick={() => setAsking(true)}>{t("floor.signOut")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <SignOutQuestion opened={asking} onClose={() => setAsking(false)} title={t("floor.many.signOut", { count: agents.length })} text={t("floor.many.signOutText")} onSure={leave} />
    </>
  );
}
