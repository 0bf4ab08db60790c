import { Button, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "@/shared/format/clock";
import { instantIn } from "@/shared/format/time";
import { useSession } from "@/shared/session";
import "@/shared/i18n/inbox";
import { laterChoices } from "../later";

/** Until when something is put aside, or (`sends`) when something is sent. */
export function Later({ onPick, sends = false }: { onPick: (until: string) => void; sends?: boolean }) {
  const { t } = useTranslation();
  const zone = useSession().user.time_zone;
  const [own, setOwn] = useState("");
  const chosen = instantIn(own, zone);
  const name = t(sends ? "later.send" : "inbox.snooze");
  return (
    <Stack gap={8} role="group" aria-label={name}>
      {laterChoices(serverNow(), zone).map((one, index) => <Button key={one.word} data-autofocus={index === 0 || undefined} variant="default" justify="start" onClick={() => onPick(one.at)}>{t(sends ? `later.${one.word}` : `inbox.later.${one.word}`)}</Button>)}
      <TextInput type="datetime-local" label={t(sends ? "later.own" : "inbox.later.own")} description={sends ? t("later.zone", { zone }) : undefined} value={own} onChange={(event) => setOwn(event.currentTarget.value)} />
      <Button disabled={!chosen || Date.parse(chosen) <= serverNow()} onClick={() => chosen && onPick(chosen)}>{name}</Button>
    </Stack>
  );
}
