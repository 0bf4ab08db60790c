import { Button, Stack } from "@mantine/core";
import { IconArrowsSplit2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import "@/shared/i18n/floor";
import { blendingQuery } from "../api/blending";
import { BlendDialog } from "./BlendDialog";
import { BlendLine } from "./BlendLine";

/** What one agent takes between outbound work, and a way to change it. */
export function AgentBlendPart({ userId, name }: { userId: Id; name: string }) {
  const { t } = useTranslation();
  const [changing, setChanging] = useState(false);
  const query = useQuery(blendingQuery);
  if (query.isPending) return <Loading rows={1} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  const mine = query.data.agents.find((one) => one.user_id === userId);
  if (!mine) return null;
  return (
    <Stack gap={8} align="flex-start">
      <BlendLine blend={mine} />
      <Button variant="default" leftSection={<IconArrowsSplit2 size={16} />} onClick={() => setChanging(true)}>{t("blend.open")}</Button>
      {changing && <BlendDialog agents={[userId]} nameOf={() => name} onClose={() => setChanging(false)} />}
    </Stack>
  );
}
