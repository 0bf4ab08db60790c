import { Badge, Button, Group, Switch, Text, TextInput } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "@/shared/admin/Admin.module.css";
import { rowsQuery } from "@/shared/admin/api";
import { Say } from "@/shared/admin/Say";
import type { FlowRow, Id } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { RelativeTime } from "@/shared/components/Time";
import { phoneText } from "@/shared/format/phone";
import { may, useSession } from "@/shared/session";
import { flowsQuery, graphQuery, saveFlow, sourceQuery, verbsQuery, versionsQuery } from "../api/flows";
import { Designer } from "../designer/Designer";
import { ArchivedFlows, ArchiveFlow } from "./Archive";
import { CountsOf, LATELY } from "./CountsOf";
import { FlowGraph } from "./FlowGraph";
import { Outcomes } from "./Outcomes";

function FlowSentence({ flow, numbers }: { flow: FlowRow; numbers: string[] }) {
  const named = { name: flow.title || flow.name, version: flow.published_number, numbers: numbers.join(", ") };
  return <Say text={!flow.published_number ? "flow.sayDraft" : numbers.length ? "flow.say" : "flow.sayInside"} values={named} />;
}

function NewFlow() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => saveFlow({ flow: name.trim(), start: "", nodes: {} }, 0),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ["flows"] });
      void navigate({ to: "/admin/$section/$itemId", params: { section: "flows", itemId: id } });
    },
  });
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (name.trim()) make.mutate(); }}>
      <Group gap="xs" mb="sm" align="end"><TextInput label={t("design.newName")} value={name} onChange={(event) => setName(event.currentTarget.value.replace(/\s/g, "_"))} /><Button type="submit" loading={make.isPending} disabled={!name.trim()}>{t("design.new")}</Button></Group>
      <ProblemNote error={make.error} />
    </form>
  );
}

export function FlowList() {
  const { t } = useTranslation();
  const me = useSession();
  const numbers = useQuery({ ...rowsQuery("/numbers"), enabled: may(me, "telephony.edit") }).data ?? [];
  const numbersOf = (id: Id): string[] => numbers.filter((row) => row["flow_id"] === id).map((row) => phoneText(String(row["number"]), me.tenant.country));
  const query = useQuery(flowsQuery);
  const [archived, setArchived] = useState(false);
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("flow.lead")}</Text>
      {may(me, "flows.edit") && <Group justify="space-between" align="start" mb="xs" gap="xs"><NewFlow /><Switch label={t("flow.showArchived")} checked={archived} onChange={(event) => setArchived(event.currentTarget.checked)} /></Group>}
      {archived ? <ArchivedFlows /> : query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconRoute size={30} />} title={t("flow.empty")} text={t("flow.emptyText")} />
          : (
            <ul className={`td-card ${classes.rows}`}>
              {query.data.map((flow) => (
                <li key={flow.id}>
                  <Link to="/admin/$section/$itemId" params={{ section: "flows", itemId: flow.id }} className={classes.sentence} style={{ textDecoration: "none" }}>
                    <FlowSentence flow={flow} numbers={numbersOf(flow.id)} />
                  </Link>
                  {may(me, "flows.edit") && <ArchiveFlow flow={flow} />}
                </li>
              ))}
            </ul>
          )}
    </section>
  );
}

function DesignedFlow({ flowId }: { flowId: Id }) {
  const source = useQuery(sourceQuery(flowId));
  const verbs = useQuery(verbsQuery);
  if (source.error ?? verbs.error) return <ProblemNote error={source.error ?? verbs.error} />;
  if (!source.data || !verbs.data) return <Loading rows={5} height={70} />;
  return <><strong>{source.data.title || source.data.name}</strong><Designer source={source.data} cards={verbs.data} /><Led flowId={flowId} published={source.data.published_number} /></>;
}

/** Under the drawing: what became of those whom the flow led. */
function Led({ flowId, published }: { flowId: Id; published: number | null }) {
  const { t } = useTranslation();
  const [counted, setCounted] = useState(LATELY);
  if (published === null) return null;
  return <section aria-label={t("outcomes.title")}><Group justify="end" mt="md"><CountsOf flowId={flowId} published={published} value={counted} onChange={setCounted} /></Group><Outcomes flowId={flowId} of={{ ...counted, number: counted.number ?? published }} /></section>;
}

/** Who may edit flows draws them; others look at the published one. */
export function FlowView({ flowId }: { flowId: Id }) {
  return may(useSession(), "flows.edit") ? <DesignedFlow key={flowId} flowId={flowId} /> : <PublishedFlow flowId={flowId} />;
}

function PublishedFlow({ flowId }: { flowId: Id }) {
  const { t } = useTranslation();
  const flow = useQuery(flowsQuery).data?.find((row) => row.id === flowId);
  const [counted, setCounted] = useState(LATELY);
  const graph = useQuery(graphQuery(flowId, counted));
  const versions = useQuery(versionsQuery(flowId)).data ?? [];
  return (
    <section>
      <Group gap="xs" mb="sm">
        <strong>{flow?.title || flow?.name}</strong>
        {versions.slice(0, 4).map((version, index) => (
          <Badge key={version.id} variant={index === 0 ? "light" : "outline"} color={index === 0 ? "tide" : "gray"} tt="none">
            {t("flow.version", { number: version.number })}{version.published_at ? <> · <RelativeTime at={version.published_at} /></> : null}
          </Badge>
        ))}
        <CountsOf flowId={flowId} published={flow?.published_number ?? null} value={counted} onChange={setCounted} />
      </Group>
      {graph.isPending ? <Loading rows={5} height={70} /> : graph.error ? <ProblemNote error={graph.error} retry={() => void graph.refetch()} /> : <FlowGraph graph={graph.data} />}
      <Outcomes flowId={flowId} of={{ ...counted, number: counted.number ?? flow?.published_number ?? null }} />
    </section>
  );
}
