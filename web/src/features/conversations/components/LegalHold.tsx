import "@/shared/i18n/outbound";
import { Button, Group, Popover, Text, TextInput } from "@mantine/core";
import { IconGavel, IconLockOpen } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { Recording } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { ExactTime } from "@/shared/components/Time";

/** Evidence: kept until the hold is lifted, whatever its time and whoever asks to be forgotten. Everybody sees it, few may do it. */
export function LegalHold({ recording, mayHold }: { recording: Recording; mayHold: boolean }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const path = `/recordings/${recording.id}/hold`;
  const refresh = () => queries.invalidateQueries({ queryKey: ["interaction"] });
  const hold = useMutation({ mutationFn: () => http.put(path, { reason }), onSuccess: async () => { await refresh(); setAsking(false); } });
  const lift = useMutation({ mutationFn: () => http.delete(path), onSuccess: refresh });
  const error = hold.error ?? lift.error;
  if (recording.legal_hold) {
    return (
      <Group gap="sm" mt="sm">
        <Text><IconGavel size={16} aria-hidden /> {t("hold.held", { reason: recording.hold_reason })} {recording.held_at && <span className="td-muted"><ExactTime at={recording.held_at} /></span>}</Text>
        {mayHold && <Button variant="default" size="xs" leftSection={<IconLockOpen size={15} />} loading={lift.isPending} onClick={() => lift.mutate()}>{t("hold.lift")}</Button>}
        <ProblemNote error={error} />
      </Group>
    );
  }
  if (!mayHold) return null;
  return (
    <Popover opened={asking} onChange={setAsking} trapFocus returnFocus width={320} position="bottom-start">
      <Popover.Target><Button mt="sm" variant="subtle" leftSection={<IconGavel size={16} />} aria-expanded={asking} onClick={() => setAsking(!asking)}>{t("hold.ask")}</Button></Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={(event) => { event.preventDefault(); hold.mutate(); }}>
          <TextInput label={t("hold.reason")} description={t("hold.hint")} maxLength={200} withAsterisk data-autofocus value={reason} error={error instanceof Problem ? error.fields["reason"] : undefined} onChange={(event) => setReason(event.currentTarget.value)} />
          <Button mt="sm" type="submit" loading={hold.isPending} disabled={reason.trim().length < 3}>{t("hold.go")}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
