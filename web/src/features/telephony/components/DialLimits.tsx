import { Button, Group, NumberInput, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DialLimits as Limits, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { dialLimitsQuery, useDialLimits } from "../api/deskPhones";
import classes from "./DeskPhones.module.css";
import "@/shared/i18n/exchange";

const number = (value: number | string) => (value === "" ? null : Number(value));

function Form({ userId, limits }: { userId: Id; limits: Limits }) {
  const { t } = useTranslation();
  const save = useDialLimits(userId);
  const [calls, setCalls] = useState<number | string>(limits.max_calls ?? "");
  const [spend, setSpend] = useState<number | string>(limits.max_spend ?? "");
  return (
    <form onSubmit={(event) => { event.preventDefault(); save.mutate({ max_calls: number(calls), max_spend: number(spend) }); }}>
      <Group align="end" gap="sm">
        <NumberInput w={130} min={0} max={100_000} allowDecimal={false} label={t("limits.calls")} value={calls} onChange={setCalls} />
        <NumberInput w={130} min={0} max={10_000_000} decimalScale={4} label={t("limits.spend")} value={spend} onChange={setSpend} />
        <Button type="submit" variant="default" loading={save.isPending} leftSection={save.isSuccess ? <IconCheck size={16} /> : undefined}>
          {t(save.isSuccess ? "limits.saved" : "limits.save")}
        </Button>
      </Group>
      <ProblemNote error={save.error} />
    </form>
  );
}

/** How much a user may call outside in a day. */
export function DialLimits({ userId }: { userId: Id }) {
  const { t } = useTranslation();
  const query = useQuery(dialLimitsQuery(userId));
  return (
    <section className={classes.section}>
      <Title order={3}>{t("limits.title")}</Title>
      <Text c="dimmed">{t("limits.lead")}</Text>
      {query.isPending ? <Loading rows={1} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : <Form userId={userId} limits={query.data} />}
    </section>
  );
}
