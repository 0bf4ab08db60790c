import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { useWho } from "@/shared/format/who";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { conversationQuery } from "../api/inbox";
import { UndoMerge } from "./UndoMerge";

/** Where a conversation that was merged went on; nothing is written in it meanwhile. */
export default function MergedAway({ id, into, onOpen }: { id: Id; into: Id; onOpen: (other: Id) => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const edits = may(useSession(), "interactions.edit");
  const kept = useQuery({ ...conversationQuery(into), retry: false }).data;
  return (
    <>
      <span>{kept ? t("merging.away", { who: who(kept) }) : t("merging.awayHidden")}</span>
      {kept && (
        <Group gap="xs">
          {edits && <UndoMerge kept={into} other={id} />}
          <Button onClick={() => onOpen(into)}>{t("merging.open")}</Button>
        </Group>
      )}
    </>
  );
}
