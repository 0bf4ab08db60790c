import "@/shared/i18n/chat";
import { Button } from "@mantine/core";
import { IconArrowLeft, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { interactionQuery } from "@/features/conversations/api/interactions";
import { CallDetail } from "@/features/conversations/components/CallDetail";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { useWho } from "@/shared/format/who";
import { useTopic } from "@/shared/realtime/context";

export function CallPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const who = useWho();
  const { interactionId } = useParams({ from: "/shell/calls/$interactionId" });
  const query = useQuery(interactionQuery(interactionId));
  useTopic("interactions");
  const call = query.data;
  return (
    <Page
      title={t(call && call.channel !== "voice" ? "chat.detail" : "calls.detail", { who: call ? who(call) : "…" })}
      actions={
        <>
          <Button variant="default" leftSection={<IconArrowLeft size={16} />} onClick={() => router.history.back()}>{t("common.back")}</Button>
          {call?.contact && <Button component={Link} to={`/contacts/${call.contact.id}`} variant="default" leftSection={<IconUser size={16} />}>{t("calls.openContact")}</Button>}
        </>
      }
    >
      {query.isPending ? <Loading rows={8} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : <CallDetail call={query.data} />}
    </Page>
  );
}
