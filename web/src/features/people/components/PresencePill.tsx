import { Menu, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconCircleCheck, IconPlugX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keyText, useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { STATE_ICONS, stateStyle } from "@/shared/components/StateBadge";
import { localized } from "@/shared/format/localized";
import { useNow } from "@/shared/format/clock";
import { presenceQuery, reasonsQuery, useSetPresence } from "../api/presence";
import classes from "./PresencePill.module.css";
import { ReasonIcon } from "./reasonIcon";

function Overrun({ since, minutes }: { since: string; minutes: number }) {
  const { t } = useTranslation();
  const over = useNow() - Date.parse(since) > minutes * 60_000;
  return over ? <span className={classes.overrun}>{t("presence.overrun")}</span> : null;
}

/** `beforeReady` may hold going ready back (microphone, sound, registration); it resolves to whether to go on. */
export function PresencePill({ beforeReady, onCall }: { beforeReady: () => Promise<boolean>; onCall: "talking" | "hold" | null }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const [open, setOpen] = useState(false);
  const presence = useQuery(presenceQuery).data;
  const reasons = useQuery(reasonsQuery).data ?? [];
  const set = useSetPresence();
  const failed = { onError: (error: unknown) => notice(t("presence.failed", { why: describe(error) }), "bad") };
  const goReady = async () => {
    if (await beforeReady()) set.mutate({ state: "ready" }, failed);
  };
  useActions([
    { id: "presence.ready", name: t("presence.goReady"), section: "presence", hotkey: "Alt+R", perform: () => void goReady() },
    { id: "presence.reasons", name: t("presence.notReady"), section: "presence", hotkey: "Alt+N", perform: () => setOpen(true) },
  ]);
  if (!presence) return <div className={classes.pill} aria-hidden />;

  // Presence says that the agent works; the call says at what.
  const shown = presence.shown === "working" && onCall ? onCall : presence.shown;
  const Icon = STATE_ICONS[shown];
  const word = (presence.shown === "not_ready" && localized(presence.reason?.name, i18n.language)) || t(`state.${shown}`);
  const limit = reasons.find((reason) => reason.id === presence.reason?.id)?.max_minutes;
  return (
    <Menu opened={open} onChange={setOpen} position="bottom-start" width={280}>
      <Menu.Target>
        <UnstyledButton
          className={classes.pill} data-state={shown} style={stateStyle(shown)}
          data-pending={set.isPending || undefined}
        >
          <Icon size={18} aria-hidden />
          <span className="td-visually-hidden">{t("presence.label", { state: "" })}</span>
          <span className="td-clip">{word}</span>
          <Elapsed since={presence.since} className={classes.time} />
          {limit && presence.shown === "not_ready" ? <Overrun since={presence.since} minutes={limit} /> : null}
          <IconChevronDown size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconCircleCheck size={17} color="var(--ready-mark)" />} rightSection={<kbd>{keyText("Alt+R")}</kbd>}
          disabled={presence.state === "ready"} onClick={() => void goReady()}
        >
          {t("presence.goReady")}
        </Menu.Item>
        <Menu.Label>{t("presence.notReady")}</Menu.Label>
        {reasons.filter((reason) => !reason.system).map((reason) => (
          <Menu.Item
            key={reason.id} leftSection={<ReasonIcon name={reason.icon} size={17} />}
            rightSection={reason.max_minutes ? <Text size="sm" c="dimmed">{t("presence.max", { count: reason.max_minutes })}</Text> : null}
            onClick={() => set.mutate({ state: "not_ready", reason_id: reason.id }, failed)}
          >
            {localized(reason.name, i18n.language)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlugX size={17} />} onClick={() => set.mutate({ state: "offline" }, failed)}>{t("presence.goOffline")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

