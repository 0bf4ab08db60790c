import { Button, Input, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { refsQuery } from "@/shared/admin/refs";
import { type FieldProps, list } from "@/shared/admin/types";
import type { MailRule, Ref } from "@/shared/api/types";
import { RuleCard } from "./RuleCard";
import { errorsAt, moved } from "./ordered";
import { RulesTrial } from "./RulesTrial";

const BLANK: MailRule = { name: "", when: [{ of: "subject", how: "contains", value: "" }], queue_id: null, tags: [], priority: 0, acknowledge: true, spam: false, go_on: false };
const MOST = 100;

/** The rules of a mailbox in their order, and a letter to try them with. */
export function RulesEditor({ label, hint, value, error, errors, onChange }: FieldProps) {
  const { t } = useTranslation();
  const rules = list<MailRule>(value);
  const queues = (useQuery(refsQuery("/queues")).data ?? []).filter((one: Ref & { channel?: string }) => one.channel === "email");
  const put = (place: number, rule: MailRule) => onChange(rules.map((one, at) => (at === place ? rule : one)));
  return (
    <Input.Wrapper label={label} description={hint} error={error} labelElement="div">
      <Stack gap="sm" mt={6}>
        {rules.map((rule, place) => (
          <RuleCard
            key={place} rule={rule} place={place} last={place === rules.length - 1} queues={queues} errors={errorsAt(errors, place)}
            onChange={(next) => put(place, next)} onMove={(by) => onChange(moved(rules, place, by))} onRemove={() => onChange(rules.filter((_, at) => at !== place))}
          />
        ))}
        <Button variant="default" w="fit-content" leftSection={<IconPlus size={16} />} disabled={rules.length >= MOST} onClick={() => onChange([...rules, BLANK])}>{t("rules.add")}</Button>
        {rules.length > 0 && <RulesTrial rules={rules} queues={queues} />}
      </Stack>
    </Input.Wrapper>
  );
}
