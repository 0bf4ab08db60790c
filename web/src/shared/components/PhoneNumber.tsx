import { ActionIcon, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { phoneText } from "@/shared/format/phone";
import { useDial, useSession } from "@/shared/session";

/** National format to read, E.164 to copy, one click to call. */
export function PhoneNumber({ value, actions = true }: { value: string; actions?: boolean }) {
  const { t } = useTranslation();
  const dial = useDial();
  const text = phoneText(value, useSession().tenant.country);
  if (!actions) return <span className="td-num">{text}</span>;
  return (
    <Group gap={2} wrap="nowrap" component="span" display="inline-flex">
      <span className="td-num td-clip">{text}</span>
      {dial && (
        <Tooltip label={t("phone.call", { number: text })}>
          <ActionIcon size={28} aria-label={t("phone.call", { number: text })} onClick={() => dial(value)}>
            <IconPhone size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={t(copied ? "common.copied" : "phone.copy")}>
            <ActionIcon size={28} aria-label={t("phone.copy")} onClick={copy}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
