import "@/shared/i18n/exchange";
import { Button, Checkbox, Group, NumberInput, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { VoicemailBox as Box } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { type BoxOwner, boxQuery, useBox } from "../api/voicemails";
import classes from "./DeskPhones.module.css";
import { Greeting } from "./Greeting";

const MAILS = ["none", "notice", "sound"] as const;

function Form({ owner, kept }: { owner: BoxOwner; kept: Box }) {
  const { t } = useTranslation();
  const { save } = useBox(owner);
  const [wish, setWish] = useState(kept);
  const [pin, setPin] = useState("");
  const [noPin, setNoPin] = useState(false);
  const fields = save.error instanceof Problem ? save.error.fields : {};
  const set = (change: Partial<Box>) => {
    setWish((before) => ({ ...before, ...change }));
    save.reset();
  };
  const submit = () => {
    const { enabled, max_s, silence_s, mail, mail_to } = wish;
    save.mutate({ enabled, max_s, silence_s, mail, ...(owner ? { mail_to } : {}), ...(noPin ? { pin: "" } : pin ? { pin } : {}) } as Parameters<typeof save.mutate>[0], {
      onSuccess: () => {
        setPin("");
        setNoPin(false);
      },
    });
  };
  const ofGroup = owner !== null && "group" in owner;
  return (
    <form onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Stack gap="sm">
        <Switch label={t("box.enabled")} checked={wish.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
        <Group gap="sm" grow align="flex-end">
          <NumberInput min={10} max={1800} allowDecimal={false} label={t("box.max")} error={fields["max_s"]} value={wish.max_s} onChange={(value) => set({ max_s: Number(value) })} />
          <NumberInput min={2} max={60} allowDecimal={false} label={t("box.silence")} error={fields["silence_s"]} value={wish.silence_s} onChange={(value) => set({ silence_s: Number(value) })} />
        </Group>
        {!ofGroup && (
          <>
            <TextInput type="password" inputMode="numeric" autoComplete="new-password" maxLength={12} disabled={noPin} label={t("box.pin")} description={t(kept.has_pin ? "box.pinKept" : "box.pinHint")} error={fields["pin"]} value={pin} onChange={(event) => { setPin(event.currentTarget.value.replace(/\D/g, "")); save.reset(); }} />
            {kept.has_pin && <Checkbox label={t("box.pinNone")} checked={noPin} onChange={(event) => setNoPin(event.currentTarget.checked)} />}
          </>
        )}
        <Select label={t("box.mail")} allowDeselect={false} disabled={!kept.mail_possible} description={kept.mail_possible ? undefined : t("box.mailOff")} error={fields["mail"]} value={wish.mail} data={MAILS.map((value) => ({ value, label: t(`box.mail.${value}`) }))} onChange={(value) => set({ mail: value as Box["mail"] })} />
        {owner && kept.mail_possible && wish.mail !== "none" && <TextInput type="email" label={t("box.mailTo")} description={ofGroup ? undefined : t("box.mailToHint")} error={fields["mail_to"]} value={wish.mail_to} onChange={(event) => set({ mail_to: event.currentTarget.value })} />}
        {save.error && Object.keys(fields).length === 0 && <ProblemNote error={save.error} />}
        <Button type="submit" variant="default" loading={save.isPending} leftSection={save.isSuccess ? <IconCheck size={16} /> : undefined}>{t(save.isSuccess ? "box.saved" : "box.save")}</Button>
      </Stack>
    </form>
  );
}

/** How a box takes messages: mine, a user's or a ring group's. My own has my greeting, too. */
export function VoicemailBox({ owner = null }: { owner?: BoxOwner }) {
  const { t } = useTranslation();
  const query = useQuery(boxQuery(owner));
  return (
    <section className={owner ? classes.section : undefined}>
      <Title order={owner ? 3 : 2} mb={owner ? undefined : "sm"}>{t("box.title")}</Title>
      <Text c="dimmed" mb="sm">{t(owner && "group" in owner ? "box.leadGroup" : "box.lead")}</Text>
      {query.isPending ? <Loading rows={4} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : <Stack gap="md"><Form owner={owner} kept={query.data} />{owner === null && <Greeting box={query.data} />}</Stack>}
    </section>
  );
}
