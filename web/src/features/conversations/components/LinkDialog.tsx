import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/inbox";
import { linksQuery, useLink } from "../api/links";
import { OtherConversation } from "./OtherConversation";

export default function LinkDialog({ row, onClose }: { row: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const link = useLink(row.id);
  const [other, setOther] = useState<Conversation | null>(null);
  const linked = (useQuery(linksQuery(row.id)).data?.links ?? []).map((one) => one.conversation.id);
  const go = () => other && link.mutate({ other: other.id, linked: true }, {
    onSuccess: () => {
      notice(t("links.done"));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("links.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("links.lead")}</Text>
        <OtherConversation row={row} without={linked} value={other} onChange={setOther} />
        <ProblemNote error={link.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
          <Button disabled={!other} loading={link.isPending} onClick={go}>{t("links.go")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
