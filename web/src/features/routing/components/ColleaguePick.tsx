import { Button, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Colleague, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { foldText } from "@/shared/format/text";
import "@/shared/i18n/chat";
import { colleaguesQuery } from "../api/assignments";

const SHOWN = 6;

/** Who is there and could be given a conversation; `path` is where they are asked for. */
export function ColleaguePick({ path, busy, onPick }: { path: string; busy: Id | null; onPick: (colleague: Colleague) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const query = useQuery(colleaguesQuery(path));
  const all = query.data ?? [];
  const found = all.filter((one) => foldText(one.name).includes(foldText(text))).slice(0, SHOWN);
  if (query.isPending) return <Loading rows={2} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {all.length > SHOWN && <TextInput aria-label={t("chat.colleague")} placeholder={t("chat.colleague")} value={text} onChange={(event) => setText(event.currentTarget.value)} />}
      {found.map((one) => (
        <Button key={one.id} variant="default" justify="space-between" disabled={!one.room} loading={busy === one.id} rightSection={<Text size="xs" c="dimmed">{t(!one.room ? "chat.colleagueFull" : one.ready ? "state.ready" : "state.not_ready")}</Text>} onClick={() => onPick(one)}>{one.name}</Button>
      ))}
      {found.length === 0 && <Text size="sm">{t("chat.colleagueNone")}</Text>}
    </>
  );
}
