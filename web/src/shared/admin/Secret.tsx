import { ActionIcon, Button, CopyButton, Group, Modal, Text, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Row } from "./types";
import "@/shared/i18n/admin";

/** What the server made up for a new row and tells this once: a password, with the name that it belongs to. */
export function Secret({ row, onClose }: { row: Row | null; onClose: () => void }) {
  const { t } = useTranslation();
  const password = row?.["generated_password"] ?? row?.["password"];
  const name = row?.["username"] ?? row?.["email"];
  return (
    <Modal opened={typeof password === "string" && password !== ""} onClose={onClose} title={t("secret.title")} closeOnClickOutside={false} closeButtonProps={{ "aria-label": t("common.close") }}>
      {typeof name === "string" && <Text mb={6}>{name}</Text>}
      <Group gap="xs" wrap="nowrap">
        <Text component="code" fz={18} className="td-break">{String(password ?? "")}</Text>
        <CopyButton value={String(password ?? "")}>
          {({ copied, copy }) => (
            <Tooltip label={t(copied ? "common.copied" : "common.copy")}>
              <ActionIcon aria-label={t("common.copy")} onClick={copy}>{copied ? <IconCheck size={17} /> : <IconCopy size={17} />}</ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
      <Group justify="flex-end" mt="md"><Button onClick={onClose} data-autofocus>{t("secret.written")}</Button></Group>
    </Modal>
  );
}
