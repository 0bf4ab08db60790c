import { Badge, Group, Text } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "@/shared/admin/Admin.module.css";
import { Say } from "@/shared/admin/Say";
import type { Id } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { RelativeTime } from "@/shared/components/Time";
import { flowsQuery, graphQuery, versionsQuery } from "../api/flows";
import { FlowGraph } from "./FlowGraph";

export function FlowList() {
  const { t } = useTranslation();
  const query = useQuery(flowsQuery);
  return (
    <section>
      <Text c="dimmed" mb="sm" maw={640}>{t("flow.lead")}</Text>
      {query.isPending ? <Loading /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.length === 0 ? <EmptyState icon={<IconRoute size={30} />} title={t("flow.empty")} text={t("flow.emptyText")} />
          : (
            <ul className={`td-card ${classes.rows}`}>
              {query.data.map((flow) => (
                <li key={flow.id}>
                  <Link to="/admin/$section/$itemId" params={{ section: "flows", itemId: flow.id }} className={classes.sentence} style={{ textDecoration: "none" }}>
                    <Say text={flow.published_number ? "flow.say" : "flow.sayDraft"} values={{ name: flow.title || flow.name, version: flow.published_number, numbers: flow.numbers?.length ? flow.numbers.join(", ") : t("common.none") }} />
                  </Link>
                </li>
              ))}
            </ul>
          )}
    </section>
  );
}

export function FlowView({ flowId }: { flowId: Id }) {
  const { t } = useTranslation();
  const flow = useQuery(flowsQuery).data?.find((row) => row.id === flowId);
  const graph = useQuery(graphQuery(flowId));
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
      </Group>
      {graph.isPending ? <Loading rows={5} height={70} /> : graph.error ? <ProblemNote error={graph.error} retry={() => void graph.refetch()} /> : <FlowGraph graph={graph.data} />}
    </section>
  );
}
