import "./words";
import { Alert, Anchor, Badge, Button, Group, Tabs, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import type { Id, IntentSet } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { checkQuery, setQuery, useIntentSet, versionsQuery } from "./api";
import { bodyOf, type Draft, draftOf } from "./draft";
import { ExamplesEditor } from "./ExamplesEditor";
import { TrySentence } from "./TrySentence";
import { VersionsPanel } from "./VersionsPanel";
import { problemText } from "./words";

const CHECK_MS = 400;

export function IntentSetView({ setId }: { setId: Id }) {
  const query = useQuery(setQuery(setId));
  if (query.error && !query.data) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return query.data ? <Opened stored={query.data} /> : <Loading rows={8} />;
}

/** The draft lives here until it is saved; when somebody saved in between, the person decides whose examples stay. */
function Opened({ stored }: { stored: IntentSet }) {
  const { t } = useTranslation();
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState<Draft>(() => draftOf(stored));
  const [tab, setTab] = useState<string | null>("examples");
  const { save, train } = useIntentSet(stored.id);
  const versions = useQuery(versionsQuery(stored.id)).data ?? [];
  const body = useMemo(() => bodyOf(draft), [draft]);
  const unsaved = JSON.stringify(body) !== JSON.stringify(bodyOf(draftOf(base)));
  const [checked] = useDebouncedValue(body, CHECK_MS);
  const problems = useQuery(checkQuery(checked)).data;
  const wrong = problems?.filter((one) => !one.warning) ?? [];
  const titles = useMemo(() => new Map(draft.intents.map((one) => [one.name, one.title || one.name])), [draft]);
  const busy = versions.find((one) => one.state === "training");
  const problem = save.error instanceof Problem ? save.error : null;
  const theirs = problem?.isStale ? (problem.current as IntentSet) : null;
  const keep = (version: number) => save.mutate({ ...body, version }, { onSuccess: (saved) => { setBase(saved); notice(t("common.saved")); } });
  const take = (set: Pick<IntentSet, "intents" | "none">) => setDraft(draftOf(set));
  return (
    <section>
      <Anchor component={Link} to="/admin/intents" c="var(--td-text)"><IconArrowLeft size={14} aria-hidden /> {t("admin.intents")}</Anchor>
      <Group my="xs" gap="sm">
        <strong>{base.name}</strong>
        <Badge variant={stored.published_number ? "light" : "outline"} color={stored.published_number ? "tide" : "gray"} tt="none">{stored.published_number ? `${t("intents.live.badge")}: ${t("intents.version", { number: stored.published_number })}` : t("intents.unpublished")}</Badge>
        <span style={{ flex: 1 }} />
        {unsaved && <Text size="sm" c="dimmed">{t("intents.unsaved")}</Text>}
        <Button variant="default" disabled={!unsaved} loading={save.isPending} onClick={() => keep(base.version)}>{t("common.save")}</Button>
        <Button disabled={unsaved || wrong.length > 0 || problems === undefined || Boolean(busy)} loading={train.isPending} onClick={() => train.mutate(undefined, { onSuccess: () => setTab("versions") })}>{t("intents.train")}</Button>
      </Group>
      {theirs && (
        <Alert color="orange" variant="light" role="alert" title={t("conflict.title")} c="var(--td-text)" mb="sm">
          <Group><Button variant="default" onClick={() => { setBase(theirs); take(theirs); save.reset(); }}>{t("conflict.theirs")}</Button><Button onClick={() => keep(theirs.version)}>{t("conflict.mine")}</Button></Group>
        </Alert>
      )}
      {!theirs && <ProblemNote error={save.error ?? train.error} />}
      {busy && <Text role="status" mb="sm">{t("intents.training", { number: busy.number })}</Text>}
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm"><Tabs.Tab value="examples">{t("intents.tab.examples")}</Tabs.Tab><Tabs.Tab value="versions">{t("intents.tab.versions")}</Tabs.Tab><Tabs.Tab value="try">{t("intents.tab.try")}</Tabs.Tab></Tabs.List>
        <Tabs.Panel value="examples"><ExamplesEditor draft={draft} setDraft={setDraft} problems={problems ?? []} said={(one) => problemText(t, one, titles)} /></Tabs.Panel>
        <Tabs.Panel value="versions"><VersionsPanel set={stored} versions={versions} take={(detail) => { take(detail); setTab("examples"); notice(t("intents.taken", { number: detail.number })); }} /></Tabs.Panel>
        <Tabs.Panel value="try"><TrySentence set={stored} versions={versions} /></Tabs.Panel>
      </Tabs>
    </section>
  );
}
