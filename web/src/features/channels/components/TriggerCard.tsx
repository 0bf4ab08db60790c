import { ActionIcon, Group, NumberInput, Select, Stack, Switch, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Texts } from "@/shared/admin/Texts";
import type { Wanted } from "@/shared/api/types";
import rules from "./Rules.module.css";
import classes from "./Widgets.module.css";

export type Trigger = NonNullable<Wanted["widget"]["triggers"]>[number];
const HOW = ["contains", "matches"] as const;
const OFTEN = [0, 1, 7, 30, 90, 365];

/** One greeting: what it says, when it comes up, how often; and how it will look. */
export function TriggerCard({ trigger, place, last, look, errors, onChange, onMove, onRemove }: {
  trigger: Trigger;
  place: number;
  last: boolean;
  look: Wanted["widget"]["look"] | undefined;
  errors: Record<string, string>;
  onChange: (trigger: Trigger) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}) {
  const { t, i18n } = useTranslation();
  const set = (part: Partial<Trigger>) => onChange({ ...trigger, ...part });
  const name = t("triggers.number", { number: place + 1 });
  const texts = trigger.text as Record<string, string>;
  const shown = texts[i18n.language] || texts["en"] || Object.values(texts)[0];
  const days = trigger.days ?? 0;
  const oneOf = Object.keys(errors).filter((key) => key.startsWith("text.")).map((key) => errors[key]);
  const number = (field: "seconds" | "scroll" | "visit", least: number, most: number) => (
    <NumberInput
      w={150} label={t(`triggers.${field}`)} min={least} max={most} clampBehavior="strict" allowDecimal={false} allowNegative={false}
      value={trigger[field] ?? least} error={errors[field]} onChange={(next) => set({ [field]: next === "" ? least : Number(next) })}
    />
  );
  return (
    <div className={rules.rule} role="group" aria-label={name}>
      <Group gap="xs" wrap="nowrap">
        <strong className={classes.grow}>{name}</strong>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("triggers.up", { name })} disabled={place === 0} onClick={() => onMove(-1)}><IconArrowUp size={17} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("triggers.down", { name })} disabled={last} onClick={() => onMove(1)}><IconArrowDown size={17} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("triggers.remove", { name })} onClick={onRemove}><IconTrash size={17} /></ActionIcon>
      </Group>
      <Texts
        required label={t("triggers.text")} value={trigger.text} error={errors["text"] ?? oneOf[0]}
        errors={Object.fromEntries(Object.entries(errors).filter(([key]) => key.startsWith("text.")).map(([key, error]) => [key.slice(5), error]))}
        values={{}} onChange={(text) => set({ text: text as Trigger["text"] })}
      />
      {shown && <p className={classes.bubble} data-side={look?.side ?? "right"} aria-hidden dir="auto">{shown}</p>}
      <Stack gap="xs">
        <strong>{t("triggers.when")}</strong>
        <Group gap="xs" align="flex-end">
          <Select w={190} label={t("triggers.page")} allowDeselect={false} value={trigger.how ?? "contains"} data={HOW.map((how) => ({ value: how, label: t(`triggers.how.${how}`) }))} onChange={(how) => set({ how: how as "contains" })} />
          <TextInput flex="1 1 180px" aria-label={t("triggers.address")} maxLength={200} placeholder={trigger.how === "matches" ? "shop.example/cart*" : t("triggers.anyPage")} value={trigger.page ?? ""} error={errors["page"]} onChange={(event) => set({ page: event.currentTarget.value })} />
        </Group>
        <Group gap="xs" align="flex-start">
          {number("seconds", 0, 3600)}
          {number("scroll", 0, 100)}
          {number("visit", 1, 1000)}
        </Group>
        <Switch label={t("triggers.leaving")} description={t("triggers.leavingHint")} checked={trigger.leaving ?? false} onChange={(event) => set({ leaving: event.currentTarget.checked })} />
        <Switch label={t("triggers.there")} description={t("triggers.thereHint")} error={errors["there"]} checked={trigger.there ?? false} onChange={(event) => set({ there: event.currentTarget.checked })} />
        <Select
          maw={308} label={t("triggers.often")} allowDeselect={false} value={String(days)} error={errors["days"]}
          data={[...new Set([...OFTEN, days])].sort((a, b) => a - b).map((one) => ({ value: String(one), label: one === 0 ? t("triggers.visitOnce") : t("triggers.daysOnce", { count: one }) }))}
          onChange={(next) => set({ days: Number(next) })}
        />
      </Stack>
    </div>
  );
}
