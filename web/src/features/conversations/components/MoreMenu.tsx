import { ActionIcon, Menu } from "@mantine/core";
import { IconDots, IconLink } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Conversation } from "@/shared/api/types";
import { soon } from "@/shared/later";
import "@/shared/i18n/inbox";

const LinkDialog = soon(async () => (await import("./LinkDialog")).default);

/** What is done with a conversation now and then. */
export function MoreMenu({ row }: { row: Conversation }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<"link" | null>(null);
  useActions([{ id: "inbox.link", name: t("links.menu"), section: "general", hotkey: "O", perform: () => setOpen("link") }]);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon size={36} variant="default" aria-label={t("links.more")} title={t("links.more")}><IconDots size={17} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconLink size={16} />} rightSection={<kbd className="td-muted">{keyText("O")}</kbd>} onClick={() => setOpen("link")}>{t("links.menu")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === "link" && <Suspense><LinkDialog row={row} onClose={() => setOpen(null)} /></Suspense>}
    </>
  );
}
