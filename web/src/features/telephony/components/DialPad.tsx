import { ActionIcon, Popover, Tooltip } from "@mantine/core";
import { IconDialpad } from "@tabler/icons-react";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { soon } from "@/shared/later";
import { useDial } from "@/shared/session";

const DialForm = soon(() => import("./DialForm").then((part) => part.DialForm));

export function DialPad() {
  const { t } = useTranslation();
  const dial = useDial();
  const [open, setOpen] = useState(false);
  useActions([dial ? { id: "call.dial", name: t("dial.title"), section: "call", hotkey: "Alt+D", perform: () => setOpen(true) } : null]);
  if (!dial) return null;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={260}>
      <Popover.Target>
        <Tooltip label={`${t("dial.title")} (${keyText("Alt+D")})`}>
          <ActionIcon size={36} aria-label={t("dial.title")} aria-expanded={open} onClick={() => setOpen(!open)}><IconDialpad size={20} /></ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Suspense><DialForm onDone={() => setOpen(false)} onDial={(...call) => { dial(...call); setOpen(false); }} /></Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
