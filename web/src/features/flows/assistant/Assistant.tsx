import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { IconPlugConnected } from "@tabler/icons-react";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ResourceForm } from "@/shared/admin/ResourceForm";
import { resourceOf, type Row } from "@/shared/admin/types";
import { http } from "@/shared/api/client";
import type { AssistantState, AssistantTrial, Wanted } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { may, useSession } from "@/shared/session";
import "@/shared/i18n/assistant";
import { Exchanges } from "./Exchanges";

const assistantQuery = queryOptions({ queryKey: ["assistant"], queryFn: () => http.get<AssistantState & Row>("/assistant") });

/** One row, so its form is the page. The path has no id: `""` keeps PATCH /assistant. */
const resource = resourceOf<Wanted["assistant"]>({
  section: "assistant", path: "/assistant", title: "admin.assistant", lead: "assistant.lead", create: "admin.assistant", empty: "admin.assistant", blank: { key: "" }, nameOf: () => "", Sentence: () => null,
  fields: [
    { key: "enabled", label: "assistant.enabled", kind: "switch" },
    { key: "url", label: "assistant.url", hint: "assistant.urlHint", kind: "text" },
    { key: "key", label: "assistant.key", hint: "assistant.keyHint", kind: "password" },
    { key: "model", label: "assistant.model", hint: "assistant.modelHint", kind: "text" },
    { key: "timeout_s", label: "assistant.timeout", hint: "assistant.timeoutHint", kind: "seconds", min: 1, max: 15 },
    { key: "monthly_tokens", label: "assistant.limit", hint: "assistant.limitHint", kind: "number", min: 1 },
    { key: "answers", label: "assistant.answers", hint: "assistant.answersHint", kind: "switch", section: "assistant.use" },
    { key: "intents", label: "assistant.intents", kind: "choice", required: true, section: "assistant.use", options: [{ value: "off", label: "assistant.intents.off" }, { value: "unsure", label: "assistant.intents.unsure" }, { value: "always", label: "assistant.intents.always" }] },
    { key: "keep_days", label: "assistant.keep", hint: "assistant.keepHint", kind: "number", min: 1, max: 365, section: "assistant.use" },
  ],
});

function TryIt() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const trial = useMutation({ mutationFn: () => http.post<AssistantTrial>("/assistant/try"), onSettled: () => queries.invalidateQueries({ queryKey: assistantQuery.queryKey, exact: true }) });
  const count = (value: number) => new Intl.NumberFormat(i18n.language).format(value);
  return (
    <section>
      <Title order={3} mt="xl">{t("assistant.try")}</Title>
      <p className="td-muted">{t("assistant.tryHint")}</p>
      <Stack gap="xs" align="flex-start" aria-live="polite">
        <Button variant="default" leftSection={<IconPlugConnected size={16} />} loading={trial.isPending} onClick={() => trial.mutate()}>{t("assistant.try")}</Button>
        {trial.data && (
          <Alert variant="light" color={trial.data.state === "ok" ? "green" : "red"} py="xs" c="var(--td-text)">
            {trial.data.state === "ok" ? t("assistant.tried", { answer: trial.data.answer, ms: count(trial.data.took_ms), tokens: count(trial.data.tokens) }) : t(`assistant.state.${trial.data.state}`)}
            {trial.data.problem && <div className="td-muted td-break">{trial.data.problem}</div>}
          </Alert>
        )}
        <ProblemNote error={trial.error} />
      </Stack>
    </section>
  );
}

/** The language model outside: how it is asked, whether it works, what it has cost and what it was told. */
export function Assistant() {
  const { t, i18n } = useTranslation();
  const me = useSession();
  const queries = useQueryClient();
  const query = useQuery(assistantQuery);
  const state = query.data;
  const count = (value: number) => new Intl.NumberFormat(i18n.language).format(value);
  const usedUp = state && state.monthly_tokens != null && state.used_tokens >= state.monthly_tokens;
  return (
    <section style={{ maxWidth: 720 }}>
      <Text c="dimmed" mb="sm" maw={640}>{t("assistant.lead")}</Text>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} /> : state && (
        <>
          <p className="td-muted">{t("assistant.used", { tokens: count(state.used_tokens), questions: count(state.used_questions) })}</p>
          {usedUp && <Alert variant="light" color="yellow" py="xs" mb="sm" c="var(--td-text)">{t("assistant.usedUp")}</Alert>}
          <ResourceForm
            key={state.version} resource={resource} row={{ ...state, id: "" }} onDone={() => {
              void queries.invalidateQueries({ queryKey: assistantQuery.queryKey, exact: true });
              notice(t("common.saved"));
            }}
          />
          <TryIt />
        </>
      )}
      {may(me, "assistant.read") && <Exchanges />}
    </section>
  );
}
