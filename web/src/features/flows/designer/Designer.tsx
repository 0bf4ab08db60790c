import { Alert, Button, Group, Select, Switch, Tabs, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp, IconDownload, IconNote, IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ChangeEvent, useCallback, useDeferredValue, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActions } from "@/shared/actions/registry";
import { http } from "@/shared/api/client";
import { Problem } from "@/shared/api/problem";
import type { FlowSource, VerbCard } from "@/shared/api/types";
import { ProblemNote } from "@/shared/components/Feedback";
import { verbText } from "@/shared/components/flowWords";
import { may, useSession } from "@/shared/session";
import { type Act, checkFlow, convertFlow, flowsQuery, graphQuery, saveFlow, sourceQuery, tryFlow } from "../api/flows";
import { type Counted, CountsOf, LATELY } from "../components/CountsOf";
import { layout } from "../components/layout";
import { withTest } from "./acts";
import { Canvas } from "./Canvas";
import { CommentPanel } from "./Comments";
import classes from "./Designer.module.css";
import { differences, merged } from "./diff";
import { added, commented, history, isThere, moved, pasted, removed } from "./edit";
import { type Doc, exitsOf, isMembers, type Place, readDoc, type Step, type Verbs, writeDoc } from "./model";
import { ChangeTable, Problems, TestsPanel, TryPanel, VersionsPanel } from "./panels";
import { StepPanel } from "./StepPanel";
import { FindStep, type Option } from "./StepSelect";

/** The size of a drawn step: its title, and rows of two exits or more. */
const WIDTH = 220, TITLE = 56, EXITS = 24;

function tidy(doc: Doc, verbs: Verbs): Map<string, Place> {
  const steps = Object.entries(doc.steps).map(([id, step]) => ({ id, exits: exitsOf(step, verbs.get(step.verb)), go: step.go }));
  const edges = steps.flatMap(({ id, exits, go }) => exits.map(({ name }) => ({ from: id, to: go[name] ?? null })));
  return layout({ nodes: steps.map(({ id, exits }) => ({ id, height: TITLE + EXITS * Math.ceil(exits.length / 2) })), edges, start: doc.start, width: WIDTH });
}

const seen = new WeakMap<object, number>();
let last = 0;

/** A number for a document: as a part of a query's key, a flow of 200 steps would be written out at every letter. */
function identityOf(value: object): number {
  const known = seen.get(value);
  if (known !== undefined) return known;
  seen.set(value, ++last);
  return last;
}

/** A document without places gets them, so that it is never a heap. */
function opened(stored: Record<string, unknown>, verbs: Verbs): Doc {
  const doc = readDoc(stored, verbs);
  return Object.values(doc.steps).every((step) => step.place) ? doc : moved(doc, tidy(doc, verbs));
}

export function Designer({ source, cards }: { source: FlowSource; cards: readonly VerbCard[] }) {
  const { t } = useTranslation();
  const me = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const verbs: Verbs = useMemo(() => new Map(cards.map((card) => [card.name, card])), [cards]);
  const [base, setBase] = useState(() => ({ doc: opened(source.document, verbs), version: source.version }));
  const [{ past, doc, future }, dispatch] = useReducer(history, { past: [], doc: base.doc, future: [], key: null });
  const [selected, setSelected] = useState<string[]>([]);
  const [tab, setTab] = useState<string | null>("step");
  const [counts, setCounts] = useState<Counted | null>(null);
  const [acts, setActs] = useState<Act[]>([]);
  const [theirs, setTheirs] = useState<{ doc: Doc; version: number } | null>(null);
  const copied = useRef<Record<string, Step>>({});
  const adding = useRef<HTMLInputElement>(null);
  const finding = useRef<HTMLInputElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const editable = may(me, "flows.edit");
  const edit = useCallback((change: (doc: Doc) => Doc, key?: string) => dispatch({ type: "edit", edit: change, key }), []);
  const select = useCallback((id: string | null) => setSelected(id ? [id] : []), []);
  // Fields answer at once; the graph, and the lists of all steps, follow when there is time.
  const drawn = useDeferredValue(doc);
  const names = useMemo(() => JSON.stringify(Object.entries(drawn.steps).map(([id, step]) => ({ value: id, label: step.label ? `${step.label} (${id})` : id }))), [drawn.steps]);
  const options = useMemo(() => JSON.parse(names) as Option[], [names]);
  const kinds = useMemo(() => cards.map((card) => ({ value: card.name, label: verbText(t, card.name) })), [cards, t]);
  const stored = useMemo(() => writeDoc(doc, verbs), [doc, verbs]);
  const [asked] = useDebouncedValue(stored, 350);
  const check = useQuery({ queryKey: ["flow-check", identityOf(asked)], queryFn: () => checkFlow(asked), placeholderData: keepPreviousData, gcTime: 0 });
  const problems = useMemo(() => check.data ?? [], [check.data]);
  const trial = useQuery({ queryKey: ["flow-try", identityOf(asked), acts], queryFn: () => tryFlow(asked, acts), enabled: tab === "try", placeholderData: keepPreviousData, gcTime: 0 });
  const graph = useQuery({ ...graphQuery(source.id, counts ?? LATELY), enabled: counts !== null }).data;
  const tests = useQuery({ queryKey: ["flow", source.id, "tests"], queryFn: () => http.get<{ yaml: string }>(`/flows/${source.id}/tests`) });
  const [testText, setTestText] = useState<string | null>(null);
  const savedTests = tests.data?.yaml ?? "";
  const keepTests = useMutation({ mutationFn: () => http.put(`/flows/${source.id}/tests`, { yaml: testText ?? "", before: savedTests }), onSuccess: () => tests.refetch() });
  const dirty = doc !== base.doc;

  const save = useMutation({
    mutationFn: ({ doc: sent, version, publish }: { doc: Doc; version: number; publish?: boolean }) => saveFlow(writeDoc(sent, verbs), version, publish),
    onSuccess: (answer, { doc: sent }) => {
      setBase({ doc: sent, version: answer.version });
      setTheirs(null);
      void client.invalidateQueries({ queryKey: ["flows"] });
      for (const part of ["source", "versions", "graph"]) void client.invalidateQueries({ queryKey: ["flow", source.id, part] });
    },
    onError: async (error) => {
      if (!(error instanceof Problem && error.isStale)) return;
      const now = await client.fetchQuery(sourceQuery(source.id));
      setTheirs({ doc: readDoc(now.document, verbs), version: now.version });
    },
  });
  const stale = save.error instanceof Problem && save.error.isStale;
  const resolve = (prefer: "mine" | "theirs") => {
    if (!theirs) return;
    const both = merged(base.doc, doc, theirs.doc, prefer);
    dispatch({ type: "edit", edit: () => both });
    save.mutate({ doc: both, version: theirs.version });
  };
  // What was pasted and undone is chosen still, and not there.
  const there = selected.filter((id) => isThere(doc, id));
  const current = there.length === 1 ? there[0] ?? null : null;
  const turnTo = ([next, id]: [Doc, string], field: string) => {
    edit(() => next);
    select(id);
    setTab("step");
    requestAnimationFrame(() => document.querySelector<HTMLElement>(field)?.focus());
  };
  const add = (verb: string) => {
    turnTo(added(doc, verb, verbs, current?.startsWith("#") ? null : current), "[data-step-name]");
  };
  const comment = () => turnTo(commented(doc, current), "[data-comment]");
  const copy = () => { copied.current = Object.fromEntries(selected.flatMap((id) => { const step = doc.steps[id]; return step ? [[id, step]] : []; })); };
  const paste = () => { const [next, names] = pasted(doc, copied.current); edit(() => next); setSelected(names); };
  const open = useCallback((step: Step) => {
    if (step.verb !== "sub_flow") return setTab("step");
    const name = isMembers(step.params) ? step.params["flow"] : step.params;
    const inner = client.getQueryData(flowsQuery.queryKey)?.find((flow) => flow.name === name);
    if (inner) void navigate({ to: "/admin/$section/$itemId", params: { section: "flows", itemId: inner.id } });
  }, [client, navigate]);
  const store = (publish = false) => save.mutate({ doc, version: base.version, publish });
  useActions(editable ? [
    { id: "design.add", name: t("design.add"), section: "general", hotkey: "N", perform: () => adding.current?.focus() },
    { id: "design.find", name: t("design.find"), section: "general", hotkey: "S", perform: () => finding.current?.focus() },
    { id: "design.comment", name: t("design.addComment"), section: "general", hotkey: "T", perform: comment },
    { id: "design.save", name: t("design.save"), section: "general", hotkey: "Mod+S", perform: () => store() },
    { id: "design.undo", name: t("design.undo"), section: "general", hotkey: "Mod+Z", notTyping: true, perform: () => dispatch({ type: "undo" }) },
    { id: "design.redo", name: t("design.redo"), section: "general", hotkey: "Mod+Shift+Z", notTyping: true, perform: () => dispatch({ type: "redo" }) },
    { id: "design.copy", name: t("design.copy"), section: "general", hotkey: "Mod+C", notTyping: true, perform: copy },
    { id: "design.paste", name: t("design.paste"), section: "general", hotkey: "Mod+V", notTyping: true, perform: paste },
    { id: "design.delete", name: t("design.remove"), section: "general", hotkey: "Delete", perform: () => { edit((now) => removed(now, selected)); setSelected([]); } },
  ] : []);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);
  const download = useMutation({ mutationFn: () => convertFlow({ document: stored }), onSuccess: ({ yaml = "" }) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([yaml], { type: "application/yaml" }));
    link.download = `${doc.flow}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  } });
  const upload = useMutation({ mutationFn: async (event: ChangeEvent<HTMLInputElement>) => convertFlow({ yaml: (await event.target.files?.[0]?.text()) ?? "" }), onSuccess: (text) => {
    if (text.document && !text.problems?.length) edit(() => ({ ...opened(text.document ?? {}, verbs), flow: doc.flow }));
  } });
  const errors = problems.filter((one) => !one.warning);
  const here = tab === "try" ? (trial.data?.way?.find(([flow]) => flow === doc.flow)?.[1] ?? null) : null;
  return (
    <section aria-label={t("design.title")}>
      <div className={classes.tools} role="toolbar" aria-label={t("design.title")}>
        {editable && <Select ref={adding} aria-label={t("design.add")} placeholder={t("design.add")} searchable w={160} value={null} data={kinds} onChange={(verb) => verb && add(verb)} nothingFoundMessage={t("design.noStep")} />}
        {editable && <Button variant="default" px={9} aria-label={t("design.addComment")} onClick={comment}><IconNote size={17} /></Button>}
        <FindStep inputRef={finding} options={options} onChoose={select} />
        {editable && <>
          <Button variant="default" px={9} aria-label={t("design.undo")} disabled={!past.length} onClick={() => dispatch({ type: "undo" })}><IconArrowBackUp size={17} /></Button>
          <Button variant="default" px={9} aria-label={t("design.redo")} disabled={!future.length} onClick={() => dispatch({ type: "redo" })}><IconArrowForwardUp size={17} /></Button>
          <Button variant="default" onClick={() => edit((now) => moved(now, tidy(now, verbs)))}>{t("design.tidy")}</Button>
          <Button variant="default" px={9} aria-label={t("design.import")} onClick={() => file.current?.click()}><IconUpload size={17} /></Button>
          <input ref={file} type="file" accept=".yaml,.yml" hidden onChange={(event) => upload.mutate(event)} />
        </>}
        <Button variant="default" px={9} aria-label={t("design.export")} onClick={() => download.mutate()}><IconDownload size={17} /></Button>
        <Switch label={t("design.counts")} checked={counts !== null} onChange={(event) => setCounts(event.currentTarget.checked ? LATELY : null)} />
        <span className={classes.grow} />
        <Text size="sm" c={errors.length ? "var(--td-danger)" : "dimmed"} role="status">{errors.length ? t("design.problems", { count: errors.length }) : t(dirty ? "design.unsaved" : "design.allWell")}</Text>
        {editable && <Button variant="default" onClick={() => store()} loading={save.isPending} disabled={!dirty}>{t("design.save")}</Button>}
        {may(me, "flows.publish") && editable && <Button onClick={() => store(true)} loading={save.isPending} disabled={errors.length > 0}>{t("design.publish")}</Button>}
      </div>
      {counts && <Group mb="sm"><CountsOf flowId={source.id} published={source.published_number} value={counts} onChange={setCounts} /></Group>}
      {stale && theirs && (
        <Alert color="orange" variant="light" role="alert" title={t("conflict.title")} c="var(--td-text)" mb="sm">
          <ChangeTable changes={differences(theirs.doc, doc)} before={t("admin.theirs")} after={t("admin.yours")} />
          <Group mt="xs"><Button variant="default" onClick={() => resolve("theirs")}>{t("conflict.theirs")}</Button><Button onClick={() => resolve("mine")}>{t("conflict.mine")}</Button></Group>
        </Alert>
      )}
      {!stale && <ProblemNote error={save.error} />}
      <ProblemNote error={keepTests.error ?? upload.error ?? check.error} />
      <Problems problems={upload.data?.problems ?? []} />
      <div className={classes.work}>
        <div className={`td-card ${classes.canvas}`} role="group" aria-label={t("design.graph")}>
          <Canvas doc={drawn} verbs={verbs} problems={problems} selected={selected} here={here} graph={counts && graph ? graph : null} editable={editable} edit={edit} select={setSelected} open={open} />
        </div>
        <aside className={`td-card ${classes.panel}`} aria-label={t("design.panel")}>
          <Tabs value={tab} onChange={setTab} keepMounted={false}>
            <Tabs.List mb="sm"><Tabs.Tab value="step">{t("flow.step")}</Tabs.Tab><Tabs.Tab value="try">{t("try.title")}</Tabs.Tab><Tabs.Tab value="tests">{t("tests.tab")}</Tabs.Tab><Tabs.Tab value="versions">{t("versions.title")}</Tabs.Tab></Tabs.List>
            <Tabs.Panel value="step">{current ? <fieldset disabled={!editable} style={{ border: 0, padding: 0, margin: 0 }}>{current.startsWith("#") ? <CommentPanel doc={doc} id={current} edit={edit} select={select} /> : <StepPanel key={current} doc={doc} options={options} id={current} verbs={verbs} problems={problems} edit={edit} select={select} />}</fieldset> : <><Text c="dimmed" mb="sm">{t("design.choose")}</Text><Problems problems={problems} /></>}</Tabs.Panel>
            <Tabs.Panel value="try"><TryPanel trial={trial.data} error={trial.error} acts={acts} setActs={setActs} keep={(list) => { setTestText(withTest(testText ?? savedTests, doc.flow, list, t("tests.new"))); setTab("tests"); }} /></Tabs.Panel>
            <Tabs.Panel value="tests"><TestsPanel text={testText ?? savedTests} setText={setTestText} saved={savedTests} stored={stored} save={() => keepTests.mutate()} editable={editable} /></Tabs.Panel>
            <Tabs.Panel value="versions"><VersionsPanel flowId={source.id} published={source.published_number} doc={doc} verbs={verbs} mayPublish={may(me, "flows.publish")} take={(older) => edit(() => older)} /></Tabs.Panel>
          </Tabs>
        </aside>
      </div>
    </section>
  );
}
