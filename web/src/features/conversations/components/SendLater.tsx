import { ActionIcon, Checkbox, Popover, Stack } from "@mantine/core";
import { IconClockPlay } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import "@/shared/i18n/inbox";
import type { Later as When } from "../api/scheduled";
import { Later } from "./Later";

/** When a reply goes out, and whether it goes when the customer writes before. */
export function WhenToSend({ only = false, onPick }: { only?: boolean; onPick: (later: When) => void }) {
  const { t } = useTranslation();
  const [unanswered, setUnanswered] = useState(only);
  return (
    <Stack gap="sm">
      <Checkbox label={t("later.only")} checked={unanswered} onChange={(event) => setUnanswered(event.currentTarget.checked)} />
      <Later sends onPick={(due_at) => onPick({ due_at, only_if_unanswered: unanswered })} />
    </Stack>
  );
}

/** Beside "Send": the same at a time that one chooses. */
export default function SendLater({ disabled, onPick }: { disabled: boolean; onPick: (later: When) => void }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useActions([disabled ? null : { id: "chat.later", name: t("later.send"), section: "call", hotkey: "Alt+Y", perform: () => setOpen(true) }]);
  return (
    <Popover opened={open && !disabled} onChange={setOpen} position="top-end" trapFocus returnFocus width={270}>
      <Popover.Target>
        <ActionIcon variant="default" size={30} disabled={disabled} aria-expanded={open} aria-label={t("later.send")} title={`${t("later.send")} (${keyText("Alt+Y")})`} onClick={() => setOpen(!open)}><IconClockPlay size={17} /></ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <WhenToSend onPick={(later) => { setOpen(false); onPick(later); }} />
      </Popover.Dropdown>
    </Popover>
  );
}
