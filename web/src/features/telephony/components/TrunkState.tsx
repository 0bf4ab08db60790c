import { IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { Id, TrunkState as State } from "@/shared/api/types";

const statesQuery = queryOptions({ queryKey: ["trunk-states"], queryFn: () => http.get<State[]>("/trunks/states"), refetchInterval: 10_000 });

/** Whether a line can be reached just now: it answers our OPTIONS; one that signs in to us (`signsIn`) may call us without. */
export function TrunkState({ id, signsIn }: { id: Id; signsIn: boolean }) {
  const { t } = useTranslation();
  const reachable = useQuery(statesQuery).data?.find((one) => one.id === id)?.reachable ?? null;
  if (reachable === null) return null;
  const Icon = reachable ? IconPlugConnected : IconPlugConnectedX;
  return <span style={{ whiteSpace: "nowrap", color: reachable ? undefined : signsIn ? "var(--td-muted)" : "var(--td-danger)" }}>· <Icon size={15} aria-hidden style={{ verticalAlign: -2 }} /> {t(signsIn ? (reachable ? "lines.signedIn" : "lines.notSignedIn") : reachable ? "lines.reachable" : "lines.unreachable")}</span>;
}
