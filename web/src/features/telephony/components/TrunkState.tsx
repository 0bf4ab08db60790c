import { IconPlugConnected, IconPlugConnectedX } from "@tabler/icons-react";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Say } from "@/shared/admin/Say";
import { http } from "@/shared/api/client";
import type { Id, TrunkState as State } from "@/shared/api/types";
import { ExactTime } from "@/shared/components/Time";

/** The event of this name fetches them anew; round trips are measured again meanwhile. */
const statesQuery = queryOptions({ queryKey: ["trunk.changed"], queryFn: () => http.get<State[]>("/trunks/states"), refetchInterval: 30_000 });
const NO_ANSWER = 0;
const milliseconds = (ms: number, locale: string): string => new Intl.NumberFormat(locale, { style: "unit", unit: "millisecond" }).format(Math.max(1, Math.round(ms)));
const ACCOUNT = [401, 403, 404, 407];

/** How a line is just now: registered with the carrier, or why not; else whether it answers, or is signed in to us (`signsIn`). */
export function TrunkState({ id, signsIn }: { id: Id; signsIn: boolean }) {
  const state = useQuery(statesQuery).data?.find((one) => one.id === id);
  if (!state) return null;
  const problem = state.registration === "rejected" || state.registration === "unreachable" || (!signsIn && state.reachable === false);
  const connected = state.registration === "registered" || (state.registration === "not_asked" && state.reachable);
  const Icon = connected && !problem ? IconPlugConnected : IconPlugConnectedX;
  return (
    <>
      <span style={{ color: problem ? "var(--td-danger)" : undefined }}>
        · <Icon size={15} aria-hidden style={{ verticalAlign: -2 }} /> <Words state={state} signsIn={signsIn} />
      </span>
      <More state={state} problem={problem} />
    </>
  );
}

function Words({ state, signsIn }: { state: State; signsIn: boolean }) {
  const { t } = useTranslation();
  const word = { registered: "lines.registered", unreachable: "lines.silent", trying: "lines.trying" } as const;
  if (state.registration === "rejected") return state.last_answer ? t("lines.refusedWith", { code: state.last_answer }) : t("lines.rejected");
  if (state.registration === "registered" || state.registration === "unreachable" || state.registration === "trying") return t(word[state.registration]);
  if (state.reachable === null) return t("lines.unknown");
  if (signsIn) return t(state.reachable ? "lines.signedIn" : "lines.notSignedIn");
  return t(state.reachable ? "lines.reachable" : "lines.unreachable");
}

/** Since when, how long the way is, what to do, and what was last wrong. */
function More({ state, problem }: { state: State; problem: boolean }) {
  const { t, i18n } = useTranslation();
  const code = state.last_answer;
  const stands = state.registration === "registered" && code !== null && state.last_answer_at;
  const help = state.registration === "rejected" ? (code === null || ACCOUNT.includes(code) ? "lines.helpAccount" : "lines.helpCarrier") : "lines.helpNetwork";
  return (
    <>
      {state.since && <> <Say text="lines.since" values={{ time: <ExactTime at={state.since} /> }} /></>}
      {state.round_trip_ms !== null && <> · {milliseconds(state.round_trip_ms, i18n.language)}</>}
      {problem && <span style={{ display: "block" }}>{t(help)}</span>}
      {stands && <span style={{ display: "block" }}><Say text={code === NO_ANSWER ? "lines.lastSilent" : "lines.last"} values={{ code: String(code), time: <ExactTime at={stands} /> }} /></span>}
    </>
  );
}
