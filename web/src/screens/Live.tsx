import { Button } from "@mantine/core";
import { IconArrowsSplit2, IconDeviceTv, IconLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { boardQuery } from "@/features/analytics/api/board";
import { AlertStrip } from "@/features/analytics/components/AlertStrip";
import { Board } from "@/features/analytics/components/Board";
import { toggleFullScreen } from "@/features/analytics/components/wall/Wall";
import type { WallSearch } from "@/features/analytics/components/wall/pages";
import { WallMenu } from "@/features/analytics/components/WallMenu";
import { usePreferences } from "@/features/people/api/session";
import { useWatch } from "@/features/telephony/api/watch";
import { soundAllowed } from "@/features/telephony/softphone/audio";
import { EmptyState, Loading, ProblemNote, useProblemText } from "@/shared/components/Feedback";
import { notice } from "@/shared/components/notices";
import { Page } from "@/shared/components/Page";
import { useTopic } from "@/shared/realtime/context";
import { useActions } from "@/shared/actions/registry";
import { may, useSession } from "@/shared/session";
import { AgentDrawer } from "./live/AgentDrawer";
import { ChosenAgents } from "./live/ChosenAgents";

const BlendDialog = lazy(async () => ({ default: (await import("@/features/routing/components/BlendDialog")).BlendDialog }));
const Closings = lazy(async () => ({ default: (await import("@/features/routing/components/Closings")).Closings }));

export function Live() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useSession();
  const query = useQuery(boardQuery);
  const mayClose = may(me, "closing.switch");
  const mayBlend = may(me, "blending.edit", "team");
  const [closing, setClosing] = useState(false);
  const [blending, setBlending] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const prefer = usePreferences();
  useTopic("board");
  useTopic("alerts");
  const openQueue = useCallback((queue_id: string) => void navigate({ to: "/calls", search: { queue_id } }), [navigate]);
  useActions([mayClose ? { id: "board.close", name: t("board.close"), section: "general", perform: () => setClosing(true) } : null, mayBlend ? { id: "board.blend", name: t("blend.open"), section: "general", perform: () => setBlending(true) } : null]);
  const openWall = useCallback((search: WallSearch) => {
    toggleFullScreen();
    void navigate({ to: "/wall", search });
  }, [navigate]);
  const describe = useProblemText();
  const { mutate: watch } = useWatch();
  const listen = useCallback((user: string) => {
    void soundAllowed();
    watch({ listen: user }, { onError: (error) => notice(describe(error), "bad") });
  }, [watch, describe]);
  const board = query.data;
  return (
    <Page
      wide title={t("board.title")}
      actions={<>
        {mayClose && <Button variant="default" leftSection={<IconLock size={16} />} onClick={() => setClosing(true)}>{t("board.close")}</Button>}
        {mayBlend && <Button variant="default" leftSection={<IconArrowsSplit2 size={16} />} onClick={() => setBlending(true)}>{t("blend.open")}</Button>}
        {board && <WallMenu queues={board.queues} onOpen={openWall} />}
      </>}
    >
      {closing && <Suspense fallback={null}><Closings onClose={() => setClosing(false)} /></Suspense>}
      {blending && <Suspense fallback={null}><BlendDialog onClose={() => setBlending(false)} /></Suspense>}
      {query.isPending ? <Loading rows={8} height={90} /> : query.error ? <ProblemNote error={query.error} retry={() => void query.refetch()} />
        : !board || (board.queues.length === 0 && board.agents.length === 0) ? <EmptyState icon={<IconDeviceTv size={32} />} title={t("board.empty")} text={t("board.emptyText")} />
          : (
            <Board
              board={board} onOpenQueue={openQueue} onOpenAgent={setOpen} onListen={may(me, "calls.monitor") ? listen : undefined}
              alerts={<AlertStrip sound={me.user.alert_sound} onSound={(alert_sound) => prefer.mutate({ alert_sound })} onOpenAgent={setOpen} />}
              chosenActions={may(me, "queues.staff", "team") ? (choosing, shown) => <ChosenAgents choosing={choosing} shown={shown} agents={board.agents} /> : undefined}
            />
          )}
      <AgentDrawer tile={board?.agents.find(({ user }) => user.id === open) ?? null} onClose={() => setOpen(null)} />
    </Page>
  );
}
