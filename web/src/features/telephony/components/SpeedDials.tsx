import "@/shared/i18n/exchange";
import { ActionIcon, Button, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconCheck, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SpeedDial } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { speedDialsQuery, useSpeedDials } from "../api/exchange";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

function Form({ save, kept }: { save: ReturnType<typeof useSpeedDials>; kept: SpeedDial[] }) {
  const { t } = useTranslation();
  const [dials, setDials] = useState(kept);
  const free = DIGITS.filter((digit) => !dials.some((one) => String(one.digit) === digit));
  const change = (next: SpeedDial[]) => {
    setDials(next);
    save.reset();
  };
  const set = (index: number, part: Partial<SpeedDial>) => change(dials.map((one, n) => (n === index ? { ...one, ...part } : one)));
  return (
    <form onSubmit={(event) => { event.preventDefault(); save.mutate(dials); }}>
      <Stack gap="sm">
        {dials.length === 0 && <Text c="dimmed">{t("speed.empty")}</Text>}
        {dials.map((one, index) => (
          <Group key={one.digit} gap="xs" align="flex-end" wrap="nowrap">
            <Select w={72} label={t("speed.digit")} allowDeselect={false} value={String(one.digit)} data={DIGITS.filter((digit) => digit === String(one.digit) || free.includes(digit))} onChange={(digit) => set(index, { digit: Number(digit) })} />
            <TextInput flex={1} miw={0} label={t("speed.name")} maxLength={80} value={one.name} onChange={(event) => set(index, { name: event.currentTarget.value })} />
            <TextInput flex={1} miw={0} type="tel" required withAsterisk={false} label={t("speed.number")} maxLength={60} value={one.number} onChange={(event) => set(index, { number: event.currentTarget.value })} />
            <ActionIcon size={36} variant="subtle" color="gray" aria-label={t("speed.remove", { name: one.name || one.number || one.digit })} onClick={() => change(dials.filter((_, n) => n !== index))}><IconTrash size={17} /></ActionIcon>
          </Group>
        ))}
        <ProblemNote error={save.error} />
        <Group>
          {free[0] !== undefined && <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => change([...dials, { digit: Number(free[0]), name: "", number: "" }])}>{t("speed.add")}</Button>}
          <Button type="submit" variant="default" loading={save.isPending} leftSection={save.isSuccess ? <IconCheck size={16} /> : undefined}>{t(save.isSuccess ? "speed.saved" : "speed.save")}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** My numbers behind one digit. */
export function SpeedDials() {
  const { t } = useTranslation();
  const query = useQuery(speedDialsQuery);
  // Here, since the form is made anew by what was saved: that it was is told by the new one.
  const save = useSpeedDials();
  return (
    <section>
      <Title order={2} mb="sm">{t("speed.title")}</Title>
      <Text c="dimmed" mb="sm">{t("speed.lead")}</Text>
      {query.isPending ? <Loading rows={2} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <Form key={JSON.stringify(query.data)} save={save} kept={query.data} />}
    </section>
  );
}
