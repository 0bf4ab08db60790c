import { Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { IconBulb } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IntentSet, IntentVersion, IntentVersionDetail } from "@/shared/api/types";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { RelativeTime } from "@/shared/components/Time";
import { percentText } from "@/shared/format/time";
import { useIntentSet, versionQuery } from "./api";
import { Measured } from "./Measured";

interface Props { set: IntentSet; versions: readonly IntentVersion[]; take: (detail: IntentVersionDetail) => void }

/** All versions, the newest first; of the chosen one what was measured. Publishing an older one takes the newer one back. */
export function VersionsPanel({ set, versions, take }: Props) {
  const { t, i18n } = useTranslation();
  const [number, setNumber] = useState<number | null>(null);
  const shown = versions.find((one) => one.number === number) ?? versions.find((one) => one.state === "ready") ?? versions[0];
  if (!shown) return <EmptyState icon={<IconBulb size={30} />} title={t("intents.noVersions")} text={t("intents.noVersionsText")} />;
  return (
    <Stack gap="md">
      <Table tabularNums>
        <Table.Tbody>
          {versions.map((one) => (
            <Table.Tr key={one.number} bg={one.number === shown.number ? "var(--td-hover)" : undefined}>
              <Table.Td><Button variant="subtle" size="compact-sm" aria-label={t("intents.show", { number: one.number })} onClick={() => setNumber(one.number)}>{t("intents.version", { number: one.number })}</Button></Table.Td>
              <Table.Td><RelativeTime at={one.made_at} /></Table.Td>
              <Table.Td>{one.state === "ready" ? t("intents.rightShare", { share: percentText(one.right_share, i18n.language) }) : t(`intents.state.${one.state}`)}</Table.Td>
              <Table.Td>{one.number === set.published_number && <Badge variant="light" tt="none">{t("intents.live.badge")}</Badge>}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {shown.state === "failed" && <Text c="var(--td-danger)" role="alert">{t("intents.trainingFailed", { problem: shown.problem ?? "" })}</Text>}
      {shown.state === "ready" && <Shown key={shown.number} set={set} version={shown} take={take} />}
    </Stack>
  );
}

function Shown({ set, version, take }: { set: IntentSet; version: IntentVersion; take: (detail: IntentVersionDetail) => void }) {
  const { t } = useTranslation();
  const query = useQuery(versionQuery(set.id, version));
  const { publish } = useIntentSet(set.id);
  const [threshold, setThreshold] = useState<number | null>(null);
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Loading rows={6} />;
  const live = version.number === set.published_number;
  const older = set.published_number !== null && version.number < set.published_number;
  const send = () => publish.mutate({ number: version.number, threshold }, { onSuccess: () => { setThreshold(null); notice(t("intents.published", { number: version.number })); } });
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Button disabled={live && (threshold === null || threshold === version.threshold)} loading={publish.isPending} onClick={send}>{t(older ? "intents.goBack" : "intents.publish")}</Button>
        <Button variant="default" onClick={() => take(query.data)}>{t("intents.take")}</Button>
      </Group>
      <ProblemNote error={publish.error} />
      <Measured detail={query.data} threshold={threshold ?? version.threshold ?? 0} setThreshold={setThreshold} />
    </Stack>
  );
}
