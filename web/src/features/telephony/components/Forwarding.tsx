import "@/shared/i18n/exchange";
import { ActionIcon, Button, Group, NumberInput, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconCheck, IconMessage2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Forwarding as Wishes, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { forwardingQuery, useForwarding } from "../api/forwarding";
import classes from "./DeskPhones.module.css";

const VOICEMAIL = "voicemail";
const TARGETS = ["always", "busy", "no_answer", "unreachable"] as const;

function Form({ save, kept }: { save: ReturnType<typeof useForwarding>; kept: Wishes }) {
  const { t } = useTranslation();
  const [wishes, setWishes] = useState(kept);
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const set = (change: Partial<Wishes>) => {
    setWishes((before) => ({ ...before, ...change }));
    save.reset();
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); save.mutate(wishes, { onSuccess: setWishes }); }}>
      <Stack gap="sm">
        <Switch label={t("forward.dnd")} description={t("forward.dndHint")} checked={wishes.do_not_disturb} onChange={(event) => set({ do_not_disturb: event.currentTarget.checked })} />
        {TARGETS.map((one) => (
          <Group key={one} gap="sm" align="flex-start" wrap="nowrap">
            <TextInput flex={1} miw={0} type={wishes[one] === VOICEMAIL ? "text" : "tel"} autoComplete="off" label={t(`forward.${one}`)} error={fields[one]} readOnly={wishes[one] === VOICEMAIL} value={wishes[one] === VOICEMAIL ? t("forward.voicemail") : wishes[one]} onChange={(event) => set({ [one]: event.currentTarget.value })}
              rightSection={<ActionIcon variant={wishes[one] === VOICEMAIL ? "filled" : "subtle"} aria-pressed={wishes[one] === VOICEMAIL} aria-label={`${t("forward.toVoicemail")}: ${t(`forward.${one}`)}`} title={t("forward.toVoicemail")} onClick={() => set({ [one]: wishes[one] === VOICEMAIL ? "" : VOICEMAIL })}><IconMessage2 size={17} /></ActionIcon>} />
            {one === "no_answer" && <NumberInput w={120} min={5} max={120} allowDecimal={false} clampBehavior="strict" label={t("forward.no_answer_s")} error={fields["no_answer_s"]} value={wishes.no_answer_s} onChange={(value) => set({ no_answer_s: Number(value) })} />}
          </Group>
        ))}
        <Text size="sm" c="dimmed">{t("forward.to")}</Text>
        <Switch label={t("forward.listed")} description={t("forward.listedHint")} checked={wishes.listed} onChange={(event) => set({ listed: event.currentTarget.checked })} />
        {save.error && Object.keys(fields).length === 0 && <ProblemNote error={save.error} />}
        <Button type="submit" variant="default" loading={save.isPending} leftSection={save.isSuccess ? <IconCheck size={16} /> : undefined}>
          {t(save.isSuccess ? "forward.saved" : "forward.save")}
        </Button>
      </Stack>
    </form>
  );
}

/** Where calls to a user's extension go on to; without a user, mine. What keys of a desk phone set up is seen at once. */
export function Forwarding({ userId = null }: { userId?: Id | null }) {
  const { t } = useTranslation();
  const query = useQuery(forwardingQuery(userId));
  // Here, since the form is made anew by what was saved: that it was is told by the new one.
  const save = useForwarding(userId);
  return (
    <section className={userId ? classes.section : undefined}>
      <Title order={userId ? 3 : 2} mb={userId ? undefined : "sm"}>{t("forward.title")}</Title>
      <Text c="dimmed" mb="sm">{t("forward.lead")}</Text>
      {query.isPending ? <Loading rows={4} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : <Form key={JSON.stringify(query.data)} save={save} kept={query.data} />}
    </section>
  );
}
