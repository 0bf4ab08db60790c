import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { Problem } from "@/shared/api/problem";
import type { Assignment, Id } from "@/shared/api/types";
import { assignmentsQuery, type Draft, replaceById, saveNotes } from "../api/assignments";

const PAUSE_MS = 500;
const RETRY_MS = 3000;
/** `callback_at`: on the agent's clock, as the field has it; only the end of the contact sends it. */
export interface Typed { note: string; disposition_id: Id | null; no_consequence: boolean; callback_at: string }
const key = (id: Id): string => `tongdai.draft.${id}`;

/**
 * Notes and result, saved while typing. What is typed wins over what arrives; unsaved text survives a reload and a lost
 * network (kept on this machine until the server has it).
 */
export function useDraft(row: Assignment) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState((): Typed => {
    const kept = sessionStorage.getItem(key(row.id));
    const local = kept ? (JSON.parse(kept) as Partial<Typed>) : null;
    return { note: row.note, disposition_id: row.disposition_id, no_consequence: row.no_consequence, callback_at: "", ...local };
  });
  const [status, setStatus] = useState<"idle" | "saving" | "saved" | "waiting">("idle");
  const version = useRef(row.version);
  const latest = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const running = useRef(Promise.resolve());
  useEffect(() => {
    version.current = Math.max(version.current, row.version);
  }, [row.version]);

  const save = useCallback(async function save(): Promise<void> {
    const sent = latest.current;
    const { callback_at: _when, ...kept } = sent;
    setStatus("saving");
    const again = () => {
      setStatus("waiting");
      timer.current = setTimeout(() => (running.current = save()), RETRY_MS);
    };
    try {
      const saved = await saveNotes(row.id, { ...kept, version: version.current });
      version.current = saved.version;
      queries.setQueryData(assignmentsQuery.queryKey, (rows: Assignment[] | undefined) => rows?.some((one) => one.id === saved.id) ? replaceById(rows, saved) : rows);
      if (latest.current === sent) {
        sessionStorage.removeItem(key(row.id));
        setStatus("saved");
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const current = error.current as Draft | undefined;
      if (error.isStale && current) {
        // Only this agent writes these notes; another tab of theirs saved first. The newest typing stays.
        version.current = current.version;
        timer.current = setTimeout(() => (running.current = save()), 0);
      } else if (error.status === 0 || error.status >= 500 || error.status === 429) again();
      else setStatus("idle");
    }
  }, [queries, row.id]);

  const change = useCallback((part: Partial<Typed>) => {
    latest.current = { ...latest.current, ...part };
    setDraft(latest.current);
    sessionStorage.setItem(key(row.id), JSON.stringify(latest.current));
    if (timer.current) clearTimeout(timer.current);
    timer.current = setTimeout(() => (running.current = save()), PAUSE_MS);
  }, [row.id, save]);

  useEffect(() => () => {
    if (timer.current) {
      clearTimeout(timer.current);
      if (sessionStorage.getItem(key(row.id))) void save();
    }
  }, [row.id, save]);

  /** What is typed goes with the end of the contact: no more saving from here, and a saving under way first. `change({})` takes it up again. */
  const handOver = useCallback(async () => {
    const stop = () => {
      if (timer.current) clearTimeout(timer.current);
      timer.current = null;
      sessionStorage.removeItem(key(row.id));
    };
    stop();
    await running.current;
    stop();
  }, [row.id]);
  return { draft, change, status, handOver };
}
