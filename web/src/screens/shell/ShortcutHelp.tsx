import { Kbd, Modal, Stack, Switch, Title } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { type Action, isSingleKey, keyText, setSingleKeys, singleKeysOn, useActions, useAllActions } from "@/shared/actions/registry";
import classes from "./Shell.module.css";

const listeners = new Set<() => void>();
let opened = false;
const set = (open: boolean) => {
  opened = open;
  listeners.forEach((tell) => tell());
};
export const openHelp = (): void => set(true);
const ORDER: Action["section"][] = ["call", "presence", "go", "general"];

/** Every key that works right now, in one place. */
export function ShortcutHelp() {
  const { t } = useTranslation();
  const actions = useAllActions();
  const [single, setSingle] = useState(singleKeysOn);
  const open = useSyncExternalStore((tell) => {
    listeners.add(tell);
    return () => listeners.delete(tell);
  }, () => opened);
  useActions([{ id: "help", name: t("help.open"), section: "general", hotkey: "?", perform: openHelp }]);
  return (
    <Modal opened={open} onClose={() => set(false)} title={t("help.title")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack gap="md">
        <Switch
          label={t("help.single")} description={t("help.singleHint")} checked={single} onChange={(event) => {
            setSingleKeys(event.currentTarget.checked);
            setSingle(event.currentTarget.checked);
          }}
        />
        {ORDER.map((section) => {
          const own = actions.filter((action) => action.section === section && action.hotkey);
          if (own.length === 0) return null;
          return (
            <section key={section}>
              <Title order={2} fz="md" mb={4}>{t(`section.${section}`)}</Title>
              <dl className={classes.keys}>
                {own.map((action) => (
                  <div key={action.id} data-off={(!single && isSingleKey(action.hotkey ?? "")) || undefined}>
                    <dt>{action.name}</dt>
                    <dd><Kbd>{keyText(action.hotkey ?? "")}</Kbd></dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </Stack>
    </Modal>
  );
}
