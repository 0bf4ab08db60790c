import { Button, Checkbox, Group, Modal, NumberInput, Radio, Select, Stack, Text } from "@mantine/core";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Blending, BlendHeld, BlendRule, Id } from "@/shared/api/types";
import { Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice, undoable } from "@/shared/components/notices";
import "@/shared/i18n/floor";
import { blendingQuery, useSetBlending } from "../api/blending";
import { blendText } from "./blendText";

const MODES = ["as_they_come", "inbound_first", "outbound_first", "inbound_only", "outbound_only"] as const;
const AT_ONCE = [{ key: "chats_at_once", label: "blend.chats", max: 20 }, { key: "emails_at_once", label: "blend.emails", max: 50 }] as const;
const EVERYBODY = "everybody";
const CHOSEN = "chosen";
type Mode = BlendRule["mode"] | "inherit";

interface Props { agents?: Id[]; nameOf?: (id: Id) => string; onClose: () => void; onDone?: () => void }

/** What agents, a team or everybody take between outbound work; many agents at once. */
export function BlendDialog({ agents = [], nameOf = () => "–", onClose, onDone }: Props) {
  const { t, i18n } = useTranslation();
  const query = useQuery(blendingQuery);
  const list = new Intl.ListFormat(i18n.language, { type: "conjunction" });
  const names = list.format(agents.length > 4 ? [...agents.slice(0, 3).map(nameOf), t("floor.move.others", { count: agents.length - 3 })] : agents.map(nameOf));
  return (
    <Modal opened onClose={onClose} size="lg" title={t("blend.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      {query.isPending ? <Loading rows={6} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : <Form blending={query.data} agents={agents} names={names} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

/** The rules that hold for whom it is about. */
function rulesOf(blending: Blending, whom: string, agents: Id[]): (BlendRule | null)[] {
  if (whom === EVERYBODY) return [blending.everybody];
  if (whom !== CHOSEN) return [blending.teams.find((team) => team.id === whom)?.rule ?? null];
  return blending.agents.filter((one) => agents.includes(one.user_id)).map((one) => one.rule);
}

function Form({ blending, agents, names, onClose, onDone }: { blending: Blending; agents: Id[]; names: string; onClose: () => void; onDone: (() => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const describe = useProblemText();
  const set = useSetBlending();
  const whoms = [
    ...(agents.length > 0 ? [{ value: CHOSEN, label: t("blend.chosen", { names }) }] : []),
    ...blending.teams.map((team) => ({ value: team.id, label: t("blend.team", { name: team.name }) })),
    ...(blending.may_all ? [{ value: EVERYBODY, label: t("blend.everybody") }] : []),
  ];
  const [whom, setWhom] = useState(agents.length > 0 || !blending.may_all ? (whoms[0]?.value ?? EVERYBODY) : EVERYBODY);
  const now = rulesOf(blending, whom, agents);
  const texts = new Set(now.map((rule) => (rule ? blendText(t, i18n.language, rule) : t(whom === EVERYBODY ? "blend.mode.as_they_come" : "blend.inherit"))));
  const [typed, setTyped] = useState<BlendRule | "inherit" | null>(null);
  const first: BlendRule | "inherit" = now[0] ?? (whom === EVERYBODY ? { mode: "as_they_come", after_s: null, under_level: false } : "inherit");
  const wanted = typed ?? first;
  const rule = wanted === "inherit" ? null : wanted;
  const choose = (mode: Mode) => setTyped(mode === "inherit" ? "inherit" : { ...rule, mode, after_s: null, under_level: false });
  const label = whoms.find((one) => one.value === whom)?.label ?? "";
  const submit = () => {
    const held: BlendHeld[] = whom === CHOSEN ? agents.map((user_id) => ({ user_id, rule })) : [{ team_id: whom === EVERYBODY ? null : whom, rule }];
    set.mutate(held, {
      onSuccess: ({ before }) => {
        undoable(whom === CHOSEN ? t("blend.done", { count: agents.length }) : t("blend.doneWide", { whom: label }), t("common.undo"), () => set.mutate(before, { onError: (error) => notice(describe(error), "bad") }));
        onDone?.();
        onClose();
      },
    });
  };
  return (
    <Stack>
      <Select label={t("blend.whom")} description={t("blend.nearest")} allowDeselect={false} value={whom} data={whoms} onChange={(next) => { if (next) { setWhom(next); setTyped(null); } }} />
      <Text c="dimmed" aria-live="polite">{texts.size === 1 ? t("blend.now", { rule: [...texts][0] }) : t("blend.nowMixed")}</Text>
      <Radio.Group aria-label={t("blend.title")} value={rule?.mode ?? "inherit"} onChange={(mode) => choose(mode as Mode)}>
        <Stack gap={10}>
          {whom !== EVERYBODY && <Radio value="inherit" label={t("blend.inherit")} description={t("blend.inheritHint")} />}
          {MODES.map((mode) => <Radio key={mode} value={mode} label={t(`blend.mode.${mode}`)} description={t(`blend.hint.${mode}`)} />)}
        </Stack>
      </Radio.Group>
      {rule?.mode === "outbound_first" && (
        <Stack gap={10} pl={28}>
          <NumberInput
            label={t("blend.after")} description={t(rule.under_level ? "blend.levelAlone" : "blend.afterHint")} min={1} max={86_400} allowDecimal={false} maw={320}
            value={rule.after_s ?? ""} onChange={(value) => setTyped({ ...rule, after_s: typeof value === "number" && value > 0 ? value : null })}
          />
          <Checkbox label={t("blend.level")} checked={rule.under_level ?? false} onChange={(event) => setTyped({ ...rule, under_level: event.currentTarget.checked })} />
        </Stack>
      )}
      {rule && (
        <Group grow align="flex-start">
          {AT_ONCE.map(({ key, label, max }) => (
            <NumberInput
              key={key} label={t(label)} description={t("blend.atOnceHint")} min={1} max={max} allowDecimal={false} value={rule[key] ?? ""}
              onChange={(value) => setTyped({ ...rule, [key]: typeof value === "number" && value > 0 ? value : null })}
            />
          ))}
        </Group>
      )}
      <ProblemNote error={set.error} />
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose}>{t("common.cancel")}</Button>
        <Button leftSection={<IconArrowsSplit2 size={16} />} loading={set.isPending} onClick={submit}>{t("blend.submit")}</Button>
      </Group>
    </Stack>
  );
}
