import { ActionIcon, Button, Group, Popover, TextInput, Tooltip } from "@mantine/core";
import { IconBackspace, IconDialpad, IconPhone } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { dialable, phoneText } from "@/shared/format/phone";
import { useDial, useSession } from "@/shared/session";
import { Keypad } from "./Keypad";

export function DialPad() {
  const { t } = useTranslation();
  const dial = useDial();
  const country = useSession().tenant.country;
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  useActions([dial ? { id: "call.dial", name: t("dial.title"), section: "call", hotkey: "Alt+D", perform: () => setOpen(true) } : null]);
  if (!dial) return null;
  const to = text ? dialable(text, country) : null;
  const place = () => {
    if (!to) return;
    dial(to);
    setOpen(false);
    setText("");
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={260}>
      <Popover.Target>
        <Tooltip label={`${t("dial.title")} (${keyText("Alt+D")})`}>
          <ActionIcon size={36} aria-label={t("dial.title")} aria-expanded={open} onClick={() => setOpen(!open)}><IconDialpad size={20} /></ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => {
          event.preventDefault();
          place();
        }}>
          <TextInput
            label={t("dial.number")} type="tel" data-autofocus value={text} onChange={(event) => setText(event.currentTarget.value)} description={to ? phoneText(to, country) : t("dial.hint")}
            error={text && !to ? t("dial.invalid") : undefined} inputWrapperOrder={["label", "input", "description", "error"]}
            rightSection={text ? <ActionIcon size={28} aria-label={t("dial.erase")} onClick={() => setText(text.slice(0, -1))}><IconBackspace size={16} /></ActionIcon> : null}
          />
          <Keypad onKey={(digit) => setText((before) => before + digit)} />
          <Group mt="sm"><Button type="submit" fullWidth disabled={!to} leftSection={<IconPhone size={17} />}>{t("dial.call")}</Button></Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
