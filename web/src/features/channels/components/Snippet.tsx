import { Button, CopyButton, Group, Title } from "@mantine/core";
import { IconCheck, IconCopy, IconExternalLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import "@/shared/i18n/widgets";
import classes from "./Widgets.module.css";

/** The line that brings the chat onto a site, and a page to see it on before. */
export default function Snippet({ widgetKey }: { widgetKey: string }) {
  const { t } = useTranslation();
  const line = `<script async src="${location.origin}/widget.js" data-key="${widgetKey}"></script>`;
  return (
    <section className={classes.snippet}>
      <Title order={3}>{t("admin.widgets.snippet")}</Title>
      <p className="td-muted">{t("admin.widgets.snippetHint")}</p>
      <code className={classes.code}>{line}</code>
      <Group gap="xs">
        <CopyButton value={line}>
          {({ copied, copy }) => <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>{t(copied ? "common.copied" : "common.copy")}</Button>}
        </CopyButton>
        <Button variant="subtle" component="a" href={`/chat/${widgetKey}/preview`} target="_blank" rel="noopener" leftSection={<IconExternalLink size={16} />}>{t("admin.widgets.preview")}</Button>
      </Group>
    </section>
  );
}
