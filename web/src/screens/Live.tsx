import { Button } from "@mantine/core";
import { IconDeviceTv, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { boardQuery } from "@/features/analytics/api/board";
import { Board } from "@/features/analytics/components/Board";
import { EmptyState, Loading, ProblemNote } from "@/shared/components/Feedback";
import { Page } from "@/shared/components/Page";
import { useTopic } from "@/shared/realtime/context";
import { useActions } from "@/shared/actions/registry";

export function Live() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const wall = Boolean(useSearch({ from: "/shell/live" }).wall);
  const query = useQuery(boardQuery);
  useTopic("board");
  const toggle = useCallback(() => void navigate({ to: "/live", search: wall ? {} : { wall: true } }), [navigate, wall]);
  const openQueue = useCallback((queue_id: string) => void navigate({ to: "/calls", search: { queue_id } }), [navigate]);
  useActions([{ id: "board.wall", name: t(wall ? "board.leaveWall" : "board.wall"), section: "general", hotkey: "F", perform: toggle }]);
  return (
    <Page
      wide title={t("board.title")}
      actions={<Button variant="default" leftSection={wall ? <IconX size={16} /> : <IconDeviceTv size={16} />} onClick={toggle}>{t(wall ? "board.leaveWall" : "board.wall")}</Button>}
    >
      {query.isPending ? <Loading rows={8} height={90} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : query.data.queues.length === 0 && query.data.agents.length === 0 ? <EmptyState icon={<IconDeviceTv size={32} />} title={t("board.empty")} text={t("board.emptyText")} />
          : <Board board={query.data} wall={wall} onOpenQueue={openQueue} />}
    </Page>
  );
}
