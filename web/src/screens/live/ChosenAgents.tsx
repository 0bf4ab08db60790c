import { Button, CloseButton } from "@mantine/core";
import { IconArrowsExchange, IconArrowsSplit2 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Choosing } from "@/shared/choosing";
import { StateOfMany } from "@/features/people/components/StateOfMany";
import { BlendDialog } from "@/features/routing/components/BlendDialog";
import { MoveAgents } from "@/features/routing/components/MoveAgents";
import type { Board } from "@/shared/api/types";
import "@/shared/i18n/floor";
import { may, useSession } from "@/shared/session";
import classes from "./Live.module.css";

/** What can be done with the agents that were chosen on the board; stands at its foot while somebody is. */
export function ChosenAgents({ choosing, shown, agents }: { choosing: Choosing; shown: number; agents: Board["agents"] }) {
  const { t } = useTranslation();
  const [doing, setDoing] = useState<"move" | "blend" | null>(null);
  const me = useSession();
  const close = () => setDoing(null);
  const count = choosing.chosen.size;
  const nameOf = (id: string): string => agents.find(({ user }) => user.id === id)?.user.name ?? "–";
  return (
    <div role="status" className={classes.bar} data-shown={count > 0 || undefined}>
      {count > 0 && (
        <>
          <strong>{t("floor.chosen", { count })}</strong>
          <Button leftSection={<IconArrowsExchange size={16} />} onClick={() => setDoing("move")}>{t("floor.queues.change")}</Button>
          {may(me, "blending.edit", "team") && <Button variant="default" leftSection={<IconArrowsSplit2 size={16} />} onClick={() => setDoing("blend")}>{t("blend.open")}</Button>}
          {may(me, "presence.force", "team") && <StateOfMany agents={[...choosing.chosen]} nameOf={nameOf} onDone={choosing.clear} />}
          {shown > count && <Button variant="default" onClick={choosing.all}>{t("floor.chooseAll", { count: shown })}</Button>}
          <CloseButton aria-label={t("floor.clear")} onClick={choosing.clear} />
        </>
      )}
      {doing === "move" && <MoveAgents agents={[...choosing.chosen]} nameOf={nameOf} onClose={close} onMoved={choosing.clear} />}
      {doing === "blend" && <BlendDialog agents={[...choosing.chosen]} nameOf={nameOf} onClose={close} onDone={choosing.clear} />}
    </div>
  );
}
