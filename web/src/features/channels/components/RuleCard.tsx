import { ActionIcon, Button, Group, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { MailRule, Ref } from "@/shared/api/types";
import classes from "./Rules.module.css";

type Condition = MailRule["when"][number];
const OF = ["sender", "receiver", "subject", "text", "file"] as const;
const HOW = ["contains", "is", "ends", "exists"] as const;
const MOST = 10;

/** One rule: when it takes a letter, and what becomes of that. */
export function RuleCard({ rule, place, last, queues, errors, onChange, onMove, onRemove }: {
  rule: MailRule;
  place: number;
  last: boolean;
  queues: Ref[];
  errors: Record<string, string>;
  onChange: (rule: MailRule) => void;
  onMove: (by: 1 | -1) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const set = (part: Partial<MailRule>) => onChange({ ...rule, ...part });
  const put = (at: number, part: Partial<Condition>) => set({ when: rule.when.map((one, n) => (n === at ? { ...one, ...part } : one)) });
  const name = rule.name || t("rules.number", { number: place + 1 });
  return (
    <div className={classes.rule} role="group" aria-label={name}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <TextInput flex={1} aria-label={t("admin.field.name")} placeholder={t("rules.name")} maxLength={120} value={rule.name} error={errors["name"]} onChange={(event) => set({ name: event.currentTarget.value })} />
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("rules.up", { name })} disabled={place === 0} onClick={() => onMove(-1)}><IconArrowUp size={17} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("rules.down", { name })} disabled={last} onClick={() => onMove(1)}><IconArrowDown size={17} /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("rules.remove", { name })} onClick={onRemove}><IconTrash size={17} /></ActionIcon>
      </Group>
      <Stack gap={6}>
        <strong>{t("rules.when")}</strong>
        {rule.when.map((one, at) => (
          <Group key={at} gap="xs" align="flex-start">
            <Select w={150} aria-label={t("rules.of")} allowDeselect={false} value={one.of} data={OF.map((of) => ({ value: of, label: t(`rules.of.${of}`) }))} onChange={(of) => put(at, { of: of as "text" })} />
            <Select w={150} aria-label={t("rules.how")} allowDeselect={false} value={one.how ?? "contains"} data={HOW.map((how) => ({ value: how, label: t(`rules.how.${how}`) }))} onChange={(how) => put(at, { how: how as "is" })} />
            {one.how !== "exists" && <TextInput flex="1 1 160px" aria-label={t("rules.value")} maxLength={200} value={one.value ?? ""} error={errors[`when.${at}`] ?? errors[`when.${at}.value`]} onChange={(event) => put(at, { value: event.currentTarget.value })} />}
            {rule.when.length > 1 && <ActionIcon variant="subtle" color="gray" size={36} aria-label={t("rules.removeCondition")} onClick={() => set({ when: rule.when.filter((_, n) => n !== at) })}><IconX size={16} /></ActionIcon>}
          </Group>
        ))}
        {rule.when.length < MOST && <Button variant="subtle" size="compact-sm" w="fit-content" leftSection={<IconPlus size={14} />} onClick={() => set({ when: [...rule.when, { of: "text", how: "contains", value: "" }] })}>{t("rules.and")}</Button>}
      </Stack>
      <Stack gap={6}>
        <strong>{t("rules.then")}</strong>
        <Switch label={t("rules.spam")} checked={rule.spam === true} onChange={(event) => set({ spam: event.currentTarget.checked })} />
        {!rule.spam && (
          <>
            <Group gap="xs" align="flex-start">
              <Select flex="1 1 180px" label={t("rules.queue")} placeholder={t("rules.ownQueue")} clearable searchable value={rule.queue_id ?? null} error={errors["queue_id"]} data={queues.map((one) => ({ value: one.id, label: one.name }))} onChange={(id) => set({ queue_id: id })} />
              <NumberInput w={130} label={t("rules.priority")} min={0} max={100} allowDecimal={false} value={rule.priority ?? 0} error={errors["priority"]} onChange={(next) => set({ priority: Number(next) })} />
            </Group>
            <TagsInput label={t("rules.tags")} maxTags={10} maxLength={40} splitChars={[","]} value={rule.tags ?? []} onChange={(tags) => set({ tags })} />
            <Switch label={t("rules.quiet")} checked={rule.acknowledge === false} onChange={(event) => set({ acknowledge: !event.currentTarget.checked })} />
            <Switch label={t("rules.goOn")} checked={rule.go_on === true} onChange={(event) => set({ go_on: event.currentTarget.checked })} />
          </>
        )}
      </Stack>
    </div>
  );
}
