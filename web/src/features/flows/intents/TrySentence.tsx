import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IntentSet, IntentVersion } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { percentText } from "@/shared/format/time";
import { useIntentSet } from "./api";

/** One sentence, as the published version understands it; before anything is published, as the newest does. */
export function TrySentence({ set, versions }: { set: IntentSet; versions: readonly IntentVersion[] }) {
  const { t, i18n } = useTranslation();
  const { attempt } = useIntentSet(set.id);
  const [text, setText] = useState("");
  const number = set.published_number ?? versions.find((one) => one.state === "ready")?.number;
  if (number === undefined) return <Text c="dimmed">{t("intents.needVersion")}</Text>;
  const titles = new Map(set.intents.map((one) => [one.name, one.title || one.name]));
  const share = (value: number) => percentText(value, i18n.language);
  const found = attempt.data;
  const nearest = found?.nearest[0];
  const language = found?.language ? new Intl.DisplayNames(i18n.language, { type: "language" }).of(found.language) : null;
  return (
    <Stack gap="sm" maw={640}>
      <Text c="dimmed">{t("intents.tryLead")} ({t("intents.version", { number })})</Text>
      <form onSubmit={(event) => { event.preventDefault(); if (text.trim()) attempt.mutate({ text: text.trim(), number }); }}>
        <Group gap={8} align="end"><TextInput style={{ flex: 1 }} label={t("intents.sentence")} autoComplete="off" maxLength={1000} value={text} onChange={(event) => setText(event.currentTarget.value)} /><Button type="submit" loading={attempt.isPending} disabled={!text.trim()}>{t("intents.tryDo")}</Button></Group>
      </form>
      <ProblemNote error={attempt.error} />
      <div role="status">
        {found && (
          <Stack gap={4}>
            <Text fw={600}>{found.intent ? t("intents.understood", { title: found.title ?? found.intent, score: share(found.score) }) : t("intents.nothing", { nearest: nearest ? (titles.get(nearest[0]) ?? nearest[0]) : "–", score: share(nearest?.[1] ?? 0) })}</Text>
            {language && <Text size="sm">{t("intents.language", { language })}</Text>}
            <Text size="sm">{t(found.angry ? "intents.angry" : "intents.calm", { share: share(found.anger) })}</Text>
            <Text size="sm" c="dimmed">{t("intents.nearest")}: {found.nearest.map(([name, score]) => `${titles.get(name) ?? name} ${share(score)}`).join(" · ")}</Text>
          </Stack>
        )}
      </div>
    </Stack>
  );
}
