import { Alert, Button, Checkbox, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Id } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { undoable } from "@/shared/components/notices";
import { useWho } from "@/shared/format/who";
import "@/shared/i18n/inbox";
import { useMerge } from "../api/links";
import { OtherConversation } from "./OtherConversation";
import { useTakeBack } from "./UndoMerge";

const NONE: readonly Id[] = [];

/** Of two conversations one goes on and shows the other. */
export default function MergeConversations({ row, onClose, onOpen }: { row: Conversation; onClose: () => void; onOpen: (kept: Id) => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const merge = useMerge();
  const { takeBack } = useTakeBack();
  const [other, setOther] = useState<Conversation | null>(null);
  const [choice, setChoice] = useState<"this" | "other" | null>(null);
  const [sure, setSure] = useState(false);
  // Only what is over can be merged: of the two the open one goes on, unless somebody says otherwise.
  const goesOn = choice ?? (row.state === "closed" && other && other.state !== "closed" ? "other" : "this");
  const differ = other !== null && (!row.contact || row.contact.id !== other.contact?.id);
  const choose = (chosen: Conversation | null) => {
    setOther(chosen);
    setChoice(null);
    setSure(false);
    merge.reset();
  };
  const go = () => {
    if (!other) return;
    const [kept, merged] = goesOn === "this" ? [row.id, other.id] : [other.id, row.id];
    merge.mutate({ kept, other: merged, other_customer: differ }, {
      onSuccess: () => {
        undoable(t("merging.done"), t("common.undo"), () => takeBack(kept, merged));
        onClose();
        if (kept !== row.id) onOpen(kept);
      },
    });
  };
  return (
    <Modal opened onClose={onClose} title={t("merging.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("merging.lead")}</Text>
        <OtherConversation row={row} without={NONE} value={other} onChange={choose} />
        {other && (
          <Radio.Group label={t("merging.goesOn")} value={goesOn} onChange={(value) => setChoice(value as "this" | "other")}>
            <Stack gap={8} mt={6}>
              <Radio value="this" label={t("merging.this", { who: who(row) })} />
              <Radio value="other" label={t("merging.other", { who: who(other) })} />
            </Stack>
          </Radio.Group>
        )}
        {differ && (
          <Alert color="yellow" variant="light" c="var(--td-text)" title={t("merging.differ")}>
            <Checkbox label={t("merging.anyway")} checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
          </Alert>
        )}
        <ProblemNote error={merge.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
          <Button disabled={!other || (differ && !sure)} loading={merge.isPending} onClick={go}>{t("merging.go")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
