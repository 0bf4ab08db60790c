import { Kbd, Modal, Stack, Switch, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Action, isSingleKey, keyText, setSingleKeys, singleKeysOn, useAllActions } from "@/shared/actions/registry";
import classes from "./Shell.module.css";

const ORDER: Action["section"][] = ["call", "presence", "go", "general"];

/** Every key that works right now, in one place. */
export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const actions = useAllActions();
  const [single, setSingle] = useState(singleKeysOn);
  return (
    <Modal opened={opened} onClose={onClose} title={t("help.title")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
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
