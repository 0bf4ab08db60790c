import { ActionIcon, Button, Group, MultiSelect, NumberInput, Popover, Stack, Switch } from "@mantine/core";
import { IconDeviceTv, IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Board } from "@/shared/api/types";
import { useActions } from "@/shared/actions/registry";
import "@/shared/i18n/floor";
import { USUAL_S, wallSearch, type WallSearch } from "./wall/pages";

const KEY = "tongdai.wall";

/** What this machine showed last. */
function kept(): WallSearch {
  try {
    return wallSearch(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Record<string, unknown>);
  } catch {
    return {};
  }
}

/** Opens the wall display; what it shows is chosen beside, and remembered on this machine. */
export function WallMenu({ queues, onOpen }: { queues: Board["queues"]; onOpen: (search: WallSearch) => void }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(kept);
  const set = (part: WallSearch) => setAsked((before) => ({ ...before, ...part }));
  const open = () => {
    const search = wallSearch({ ...asked });
    localStorage.setItem(KEY, JSON.stringify(search));
    onOpen(search);
  };
  useActions([{ id: "board.wall", name: t("wall.title"), section: "general", hotkey: "F", perform: open }]);
  return (
    <Group gap={4} wrap="nowrap">
      <Button variant="default" leftSection={<IconDeviceTv size={16} />} onClick={open}>{t("wall.title")}</Button>
      <Popover position="bottom-end" width={320} trapFocus shadow="md">
        <Popover.Target><ActionIcon variant="default" aria-label={t("wall.settings")}><IconSettings size={17} /></ActionIcon></Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <MultiSelect label={t("board.queues")} placeholder={asked.queues ? undefined : t("common.all")} clearable searchable comboboxProps={{ withinPortal: false }} value={asked.queues?.split(",") ?? []} data={queues.map((queue) => ({ value: queue.id, label: queue.name }))} onChange={(chosen) => set({ queues: chosen.join(",") })} />
            <NumberInput label={t("wall.every")} description={t("wall.everyHint")} suffix=" s" min={0} max={600} allowDecimal={false} value={asked.every ?? USUAL_S} onChange={(every) => set({ every: Number(every) || 0 })} />
            <Switch label={t("wall.showTeams")} checked={asked.teams ?? true} onChange={(event) => set({ teams: event.currentTarget.checked })} />
            <Button data-autofocus onClick={open}>{t("wall.title")}</Button>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Group>
  );
}
