import { Drawer } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { agentQuery } from "@/features/analytics/api/board";
import { AgentPanel, useContactName } from "@/features/analytics/components/AgentPanel";
import { StateOfOther } from "@/features/people/components/StateOfOther";
import { AgentBlendPart } from "@/features/routing/components/AgentBlendPart";
import { AgentQueues } from "@/features/routing/components/AgentQueues";
import ListenButton from "@/features/telephony/components/ListenButton";
import type { BoardAgent } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { may, useSession } from "@/shared/session";

/** The agent's panel, put together: each part's actions come from the feature that owns them. */
export function AgentDrawer({ tile, onClose }: { tile: BoardAgent | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer opened={tile !== null} onClose={onClose} position="right" size="lg" title={tile?.user.name} closeButtonProps={{ "aria-label": t("common.close") }}>
      {tile && <Inside key={tile.user.id} tile={tile} onClose={onClose} />}
    </Drawer>
  );
}

function Inside({ tile, onClose }: { tile: BoardAgent; onClose: () => void }) {
  const me = useSession();
  const queries = useQueryClient();
  const { id, name } = tile.user;
  const query = useQuery(agentQuery(id));
  const contactName = useContactName();
  useEffect(() => void queries.invalidateQueries({ queryKey: agentQuery(id).queryKey }), [queries, id, tile]);
  if (query.isPending) return <Loading rows={6} />;
  if (query.error) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  const view = query.data;
  const others = id !== me.user.id;
  return (
    <AgentPanel
      tile={tile} view={view} contact={view.contact && <ListenButton user={id} onListening={onClose} />}
      state={others && may(me, "presence.force", "team") && <StateOfOther userId={id} name={name} presence={view.presence} contact={contactName(view.contact)} />}
      blend={may(me, "blending.edit", "team") && <AgentBlendPart userId={id} name={name} />}
      queues={may(me, "queues.see") && <AgentQueues userId={id} name={name} mayMove={may(me, "queues.staff", "team")} />}
    />
  );
}
