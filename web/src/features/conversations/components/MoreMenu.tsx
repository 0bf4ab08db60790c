import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowsJoin2, IconArrowsSplit2, IconDots, IconLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import type { Conversation, Id } from "@/shared/api/types";
import { useWho } from "@/shared/format/who";
import { soon } from "@/shared/later";
import "@/shared/i18n/inbox";
import { mergedQuery } from "../api/links";
import { useTakeBack } from "./UndoMerge";

const LinkDialog = soon(async () => (await import("./LinkDialog")).default);
const MergeConversations = soon(async () => (await import("./MergeConversations")).default);

/** What is done with a conversation now and then. */
export function MoreMenu({ row, onOpen }: { row: Conversation; onOpen: (other: Id) => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const [open, setOpen] = useState<"link" | "merge" | null>(null);
  const merged = useQuery(mergedQuery(row.id)).data?.links ?? [];
  const { takeBack } = useTakeBack();
  const close = () => setOpen(null);
  useActions([
    { id: "inbox.link", name: t("links.menu"), section: "general", hotkey: "O", perform: () => setOpen("link") },
    { id: "inbox.merge", name: t("merging.menu"), section: "general", hotkey: "M", perform: () => setOpen("merge") },
  ]);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target><ActionIcon size={36} variant="default" aria-label={t("links.more")} title={t("links.more")}><IconDots size={17} /></ActionIcon></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconLink size={16} />} rightSection={<kbd className="td-muted">{keyText("O")}</kbd>} onClick={() => setOpen("link")}>{t("links.menu")}</Menu.Item>
          <Menu.Item leftSection={<IconArrowsJoin2 size={16} />} rightSection={<kbd className="td-muted">{keyText("M")}</kbd>} onClick={() => setOpen("merge")}>{t("merging.menu")}</Menu.Item>
          {merged.map(({ conversation }) => <Menu.Item key={conversation.id} leftSection={<IconArrowsSplit2 size={16} />} onClick={() => takeBack(row.id, conversation.id)}>{t("merging.undoOf", { who: who(conversation) })}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
      {open === "link" && <Suspense><LinkDialog row={row} onClose={close} /></Suspense>}
      {open === "merge" && <Suspense><MergeConversations row={row} onClose={close} onOpen={onOpen} /></Suspense>}
    </>
  );
}
