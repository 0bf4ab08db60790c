import { Button, Popover, Stack, Text, TextInput } from "@mantine/core";
import { IconMailForward } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/shared/actions/registry";
import { http } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Assignment } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import "@/shared/i18n/chat";

/** The chat by mail, to an address that the customer names; what they said before stands there already. */
export function SendTranscript({ row }: { row: Assignment }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [email, setEmail] = useState(() => row.flow_answers.find((answer) => answer.label === "email")?.value ?? "");
  const [id, setId] = useState(() => crypto.randomUUID());
  const send = useMutation({ mutationFn: () => http.post<void>(`/assignments/${row.id}/transcript`, { client_id: id, email: email.trim() }) });
  useActions([{ id: "chat.transcript", name: t("chat.transcript"), section: "call", perform: () => setOpen(true) }]);
  const wrong = send.error instanceof Problem ? send.error.fields["email"] : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(undefined, {
      onSuccess: () => {
        setOpen(false);
        setId(crypto.randomUUID());
        notice(t("chat.transcriptSent", { to: email.trim() }));
      },
    });
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus returnFocus width={320}>
      <Popover.Target>
        <Button variant="default" aria-expanded={open} leftSection={<IconMailForward size={16} />} onClick={() => setOpen(!open)}>{t("chat.transcript")}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit} noValidate>
          <Stack gap={8}>
            <Text size="sm" c="dimmed">{t("chat.transcriptLead")}</Text>
            <TextInput data-autofocus type="email" label={t("chat.transcriptTo")} maxLength={254} value={email} error={wrong} onChange={(event) => setEmail(event.currentTarget.value)} />
            {!wrong && <ProblemNote error={send.error} />}
            <Button type="submit" loading={send.isPending} disabled={!email.trim()}>{t("chat.transcriptSend")}</Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
