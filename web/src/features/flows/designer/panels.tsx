import { Alert, Badge, Button, Group, Select, Stack, Table, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { http } from "@/shared/api/client";
import type { FlowProblem, FlowTrial, FlowVersion, Id } from "@/shared/api/types";
import { Loading, ProblemNote } from "@/shared/components/Feedback";
import { exitText } from "@/shared/components/flowWords";
import { RelativeTime } from "@/shared/components/Time";
import { type Act, runTests, versionsQuery } from "../api/flows";
import classes from "./Designer.module.css";
import { type Change, differences } from "./diff";
import { type Doc, type Members, readDoc, type Verbs } from "./model";
import { TryRow } from "./TryRow";
import { changeText, endText, lineText, problemText } from "./words";

export function Problems({ problems }: { problems: readonly FlowProblem[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) return null;
  return <Alert color="red" variant="light" role="alert" p="xs" c="var(--td-text)"><ul style={{ margin: 0, paddingInlineStart: 18 }}>{problems.map((one, index) => <li key={index}>{one.node ? `${one.node}: ` : ""}{problemText(t, one)}</li>)}</ul></Alert>;
}

interface TrialProps { trial: FlowTrial | undefined; error: unknown; acts: Act[]; setActs: (acts: Act[]) => void; keep: (acts: Act[]) => void }

/** The draft walked through by hand: keys typed, time run out, what a queue or a system answers chosen. Of a PIN only noughts leave the page. */
export function TryPanel({ trial, error, acts, setActs, keep }: TrialProps) {
  const { t } = useTranslation();
  const [keys, setKeys] = useState("");
  const [words, setWords] = useState("");
  const act = (one: Act) => setActs([...acts, one]);
  if (error) return <ProblemNote error={error} />;
  if (!trial) return <Loading rows={3} />;
  if (trial.problems && trial.problems.length > 0) return <Stack gap="xs"><Text>{t("try.broken")}</Text><Problems problems={trial.problems} /></Stack>;
  const going = !trial.ended;
  const asks = trial.asks ?? [];
  return (
    <Stack gap="sm">
      <ul className={classes.lines} aria-live="polite" aria-label={t("try.title")}>
        {(trial.lines ?? []).map((line, index) => <li key={index} data-kind={line.kind}>{line.kind === "passed" ? `${line.node} → ${line.exit ? exitText(t, line.exit) : "–"}` : line.kind === "ended" ? endText(trial.ended ?? "") : <>{line.kind !== "caller" && <span className="td-muted">{lineText(line.kind)} </span>}{line.kind === "waits" ? <span title={line.text}>{line.node}</span> : line.text}</>}</li>)}
      </ul>
      {trial.refused && <Alert color="yellow" variant="light" p="xs" role="alert" c="var(--td-text)">{t("try.refused")}</Alert>}
      {going && trial.keys && (
        <form onSubmit={(event) => { event.preventDefault(); if (keys) { act({ do: "press", value: trial.secret ? keys.replace(/\d/g, "0") : keys }); setKeys(""); } }}>
          <Group gap={6} align="end"><TextInput label={t(trial.secret ? "try.pin" : "try.keys")} type={trial.secret ? "password" : "text"} autoComplete="off" inputMode="tel" value={keys} onChange={(event) => setKeys(event.currentTarget.value.replace(/[^0-9*#]/g, ""))} style={{ flex: 1 }} /><Button type="submit" disabled={!keys}>{t("try.press")}</Button></Group>
        </form>
      )}
      {going && trial.kind === "listen" && (
        <form onSubmit={(event) => { event.preventDefault(); if (words.trim()) { act({ do: "says", value: words.trim() }); setWords(""); } }}>
          <Group gap={6} align="end"><TextInput label={t("try.writes")} autoComplete="off" value={words} onChange={(event) => setWords(event.currentTarget.value)} style={{ flex: 1 }} /><Button type="submit" disabled={!words.trim()}>{t("try.say")}</Button></Group>
        </form>
      )}
      {going && asks.length > 0 && <TryRow key={acts.length} columns={asks} found={(row) => act({ do: "reply", value: { result: "found", row } })} />}
      {going && (trial.buttons ?? []).length > 0 && <Group gap={6} role="group" aria-label={t("try.choices")}>{(trial.buttons ?? []).map(([key, label]) => <Button key={key} size="xs" variant="light" onClick={() => act({ do: "press", value: key })}>{label.replaceAll("_", " ")}</Button>)}</Group>}
      {going && (trial.intents ?? []).length > 0 && <Group gap={6} role="group" aria-label={t("try.understands")}>{(trial.intents ?? []).map((intent) => <Button key={intent} size="xs" variant="light" onClick={() => act({ do: "reply", value: { result: "understood", intent, score: 1 } })}>{intent}</Button>)}</Group>}
      <Group gap={6}>
        {going && (trial.answers ?? []).filter((answer) => (asks.length === 0 || answer !== "found") && answer !== "understood").map((answer) => <Button key={answer} size="xs" variant="default" onClick={() => act({ do: "reply", value: answer })}>{exitText(t, answer)}</Button>)}
        {going && trial.keys && <Button size="xs" variant="default" onClick={() => act({ do: "silence" })}>{t("try.silence")}</Button>}
        {going && <Button size="xs" variant="default" color="red" onClick={() => act({ do: "hang_up" })}>{t("try.hangUp")}</Button>}
        <Button size="xs" variant="subtle" disabled={acts.length === 0} onClick={() => setActs(acts.slice(0, -1))}>{t("try.back")}</Button>
        <Button size="xs" variant="subtle" disabled={acts.length === 0} onClick={() => setActs([])}>{t("try.again")}</Button>
        {acts.length > 0 && <Button size="xs" variant="subtle" onClick={() => keep(acts)}>{t("try.keep")}</Button>}
      </Group>
      <table className={classes.table}><caption className="td-visually-hidden">{t("try.variables")}</caption><thead><tr><th>{t("try.variable")}</th><th>{t("try.value")}</th></tr></thead><tbody>{Object.entries(trial.variables ?? {}).map(([name, value]) => <tr key={name}><td>{name}</td><td>{typeof value === "string" ? value : JSON.stringify(value)}</td></tr>)}</tbody></table>
    </Stack>
  );
}

export function TestsPanel({ text, setText, saved, stored, save, editable }: { text: string; setText: (text: string) => void; saved: string; stored: unknown; save: () => void; editable: boolean }) {
  const { t } = useTranslation();
  const run = useMutation({ mutationFn: () => runTests(stored, text) });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">{t("tests.lead")}</Text>
      <Textarea label={t("tests.title")} autosize minRows={8} maxRows={22} value={text} readOnly={!editable} styles={{ input: { fontFamily: "monospace", fontSize: 12 } }} onChange={(event) => setText(event.currentTarget.value)} />
      <Group gap={6}><Button onClick={() => run.mutate()} loading={run.isPending} disabled={!text.trim()}>{t("tests.run")}</Button>{editable && <Button variant="default" onClick={save} disabled={text === saved}>{t("tests.save")}</Button>}</Group>
      <ProblemNote error={run.error} />
      <Problems problems={run.data?.problems ?? []} />
      <ul className={classes.lines} aria-live="polite">{run.data?.outcomes.map((one) => <li key={`${one.line} ${one.name}`} data-kind={one.failure ? "fault" : undefined}><Badge color={one.failure ? "red" : "green"} variant="light" mr={6}>{t(one.failure ? "tests.failed" : "tests.passed")}</Badge>{one.name}{one.failure && <pre className={classes.pre}>{one.failure}</pre>}</li>)}</ul>
    </Stack>
  );
}

export function ChangeTable({ changes, before, after }: { changes: readonly Change[]; before: string; after: string }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <Text>{t("design.noChange")}</Text>;
  return (
    <Table className={classes.table}>
      <thead><tr><th>{t("design.what")}</th><th>{before}</th><th>{after}</th></tr></thead>
      <tbody>{changes.map((change, index) => { const said = changeText(t, change); return <tr key={index}><td>{said.what}</td><td>{said.before}</td><td>{said.after}</td></tr>; })}</tbody>
    </Table>
  );
}

interface VersionProps { flowId: Id; published: number | null; doc: Doc; verbs: Verbs; mayPublish: boolean; take: (doc: Doc) => void }

/** Published versions, what is different between two of them or the draft, and going back to one. */
export function VersionsPanel({ flowId, published, doc, verbs, mayPublish, take }: VersionProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const versions: readonly FlowVersion[] = useQuery(versionsQuery(flowId)).data ?? [];
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState("draft");
  const first = from ?? String(published ?? versions[0]?.number ?? "");
  const document = (number: string) => ({ queryKey: ["flow", flowId, "version", number], queryFn: async () => readDoc((await http.get<{ document: Members }>(`/flows/${flowId}/versions/${number}`)).document, verbs), enabled: /^\d+$/.test(number), staleTime: Infinity });
  const left = useQuery(document(first)).data;
  const right = useQuery(document(to)).data;
  const back = useMutation({ mutationFn: (number: number) => http.post(`/flows/${flowId}/roll-back`, { number }), onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["flows"] }), client.invalidateQueries({ queryKey: ["flow", flowId] })]) });
  if (versions.length === 0) return <Text>{t("versions.none")}</Text>;
  const named = versions.map((one) => ({ value: String(one.number), label: t("flow.version", { number: one.number }) }));
  const after = to === "draft" ? doc : right;
  return (
    <Stack gap="sm">
      <ul className={classes.lines}>{versions.map((one) => <li key={one.id}><Group gap={6} justify="space-between"><span>{t("flow.version", { number: one.number })} · <RelativeTime at={one.published_at} />{one.number === published && <Badge ml={6} variant="light">{t("versions.live")}</Badge>}{one.note && <><br />{one.note}</>}</span>{mayPublish && one.number !== published && <Button size="compact-xs" variant="default" loading={back.isPending} onClick={() => back.mutate(one.number)}>{t("versions.back")}</Button>}</Group></li>)}</ul>
      <ProblemNote error={back.error} />
      <Group grow><Select label={t("versions.from")} data={named} value={first} onChange={setFrom} allowDeselect={false} /><Select label={t("versions.to")} data={[{ value: "draft", label: t("versions.draft") }, ...named]} value={to} onChange={(next) => setTo(next ?? "draft")} allowDeselect={false} /></Group>
      {left && after ? <ChangeTable changes={differences(left, after)} before={t("versions.before")} after={t("versions.after")} /> : <Loading rows={2} />}
      {left && <Button variant="subtle" style={{ alignSelf: "start" }} onClick={() => take(left)}>{t("versions.take", { number: first })}</Button>}
    </Stack>
  );
}
