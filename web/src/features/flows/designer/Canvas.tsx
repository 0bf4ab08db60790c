import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { IconAlertTriangle, IconFlag, IconNote } from "@tabler/icons-react";
import { Background, Controls, type Edge, Handle, MarkerType, MiniMap, type Node, type NodeProps, Position, ReactFlow, type ReactFlowInstance, useNodesState } from "@xyflow/react";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowGraph, FlowProblem } from "@/shared/api/types";
import { exitText, verbText } from "@/shared/components/flowWords";
import { numberText } from "@/shared/format/time";
import { CommentNode, type DrawnComment } from "./Comments";
import classes from "./Designer.module.css";
import { commentsOf, connected, isThere, moved, placeOf } from "./edit";
import { type Doc, exitsOf, type Step, type Verbs, type Way } from "./model";

interface Data extends Record<string, unknown> { id: string; step: Step; ways: Way[]; wrong: number; warned: number; start: boolean; here: boolean; counts: string; left: string }
type DrawnStep = Node<Data, "step">;
type Drawn = DrawnStep | DrawnComment;

const StepNode = memo(function StepNode({ data, selected }: NodeProps<DrawnStep>) {
  const { t } = useTranslation();
  return (
    <div className={classes.node} data-selected={selected || undefined} data-wrong={data.wrong > 0 || undefined} data-here={data.here || undefined}>
      <Handle type="target" position={Position.Top} className={classes.handle} />
      <span className={classes.verb}>{data.start && <IconFlag size={13} aria-label={t("design.isStart")} />}{verbText(t, data.step.verb)}{data.step.note && <IconNote size={13} aria-label={data.step.note} />}
        {data.wrong + data.warned > 0 && <span className={classes.wrong} data-mild={data.wrong === 0 || undefined}><IconAlertTriangle size={13} aria-hidden /> {data.wrong + data.warned}</span>}</span>
      <strong className="td-clip">{data.step.label ?? data.id}</strong>
      {data.counts && <span className={classes.counts}>{data.counts}{data.left && ` · ${data.left}`}</span>}
      <div className={classes.ways}>
        {data.ways.map((way) => <span key={way.name} className={classes.way} data-open={!(way.name in data.step.go) || undefined}>{exitText(t, way.name)}<Handle id={way.name} type="source" position={Position.Bottom} className={classes.handle} /></span>)}
      </div>
    </div>
  );
});
const NODE_TYPES = { step: StepNode, comment: CommentNode };
const GRID: [number, number] = [10, 10];
/** More steps than this have a map. */
const MAPPED = 10;
/** Smaller than this a step cannot be read. */
const READABLE = 0.6, READING = 0.85;

/** A flow that can be read as a whole is shown as a whole; of a larger one its beginning. */
function begin(flow: ReactFlowInstance<Drawn>, frame: HTMLElement | null, start: string) {
  const first = flow.getNode(start);
  if (!first || !frame || flow.getZoom() >= READABLE) return;
  const { x, y } = first.position;
  void flow.setViewport({ x: frame.clientWidth / 2 - (x + (first.measured?.width ?? 0) / 2) * READING, y: 24 - y * READING, zoom: READING });
}

/** Bring a step into view that was chosen elsewhere: found by its name, or named by a problem. */
function reveal(flow: ReactFlowInstance<Drawn>, frame: HTMLElement | null, id: string) {
  const node = flow.getNode(id);
  if (!node || !frame) return;
  const { x, y, zoom } = flow.getViewport();
  const { width = 0, height = 0 } = node.measured ?? {};
  const left = node.position.x * zoom + x, top = node.position.y * zoom + y;
  const seen = left >= 0 && top >= 0 && left + width * zoom <= frame.clientWidth && top + height * zoom <= frame.clientHeight && zoom >= READABLE / 2;
  if (!seen) void flow.setCenter(node.position.x + width / 2, node.position.y + height / 2, { zoom: Math.max(zoom, READING) });
}

interface Props { doc: Doc; verbs: Verbs; problems: readonly FlowProblem[]; selected: readonly string[]; here: string | null; graph: FlowGraph | null; editable: boolean; edit: (edit: (doc: Doc) => Doc) => void; select: (ids: string[]) => void; open: (step: Step) => void }

/** The flow as a graph that can be drawn on. Only what changed is drawn anew: each step's data keeps its identity. */
export const Canvas = memo(function Canvas({ doc, verbs, problems, selected, here, graph, editable, edit, select, open }: Props) {
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme();
  const wanted = useMemo(() => Object.entries(doc.steps).map(([id, step]): Data => {
    const own = problems.filter((problem) => problem.node === id);
    const total = graph?.counts[id] ?? 0;
    const onward = graph?.edges.filter((edge) => edge.from === id).reduce((sum, edge) => sum + edge.count, 0) ?? 0;
    return {
      id, step, ways: exitsOf(step, verbs.get(step.verb)), wrong: own.filter((one) => !one.warning).length, warned: own.filter((one) => one.warning).length, start: doc.start === id, here: here === id,
      counts: graph ? t("design.counted", { count: total }) : "", left: graph && total > onward && Object.keys(step.go).length > 0 ? t("design.leftHere", { percent: Math.round((100 * (total - onward)) / total) }) : "",
    };
  }), [doc.steps, doc.start, problems, verbs, graph, here, t]);
  const said = doc.rest["comments"];
  const [nodes, setNodes, onNodesChange] = useNodesState<Drawn>([]);
  const [drawn, setDrawn] = useState<{ wanted: Data[]; said: unknown; selected: readonly string[] } | null>(null);
  if (drawn?.wanted !== wanted || drawn.said !== said || drawn.selected !== selected) {
    setDrawn({ wanted, said, selected });
    setNodes((shown) => {
      const known = new Map(shown.map((node) => [node.id, node]));
      const comments = commentsOf(doc).map((comment, index): Drawn => {
        const id = `#${index}`, old = known.get(id), chosen = selected.includes(id);
        if (old?.type === "comment" && old.data.comment === comment && Boolean(old.selected) === chosen) return old;
        const before = old?.type === "comment" ? old : {};
        return { ...before, id, type: "comment", position: comment.place, data: { id, comment }, selected: chosen, ariaLabel: `${t("design.comment")}: ${comment.text || t("design.noText")}` };
      });
      const steps = wanted.map((data): Drawn => {
        const before = known.get(data.id);
        const old = before?.type === "step" ? before : undefined;
        const chosen = selected.includes(data.id);
        const like = old && old.data.step === data.step && old.data.wrong === data.wrong && old.data.warned === data.warned && old.data.start === data.start && old.data.here === data.here && old.data.counts === data.counts;
        if (like && Boolean(old.selected) === chosen) return old;
        const name = `${data.step.label ?? data.id}: ${verbText(t, data.step.verb)}${data.wrong ? `. ${t("design.problems", { count: data.wrong })}` : ""}`;
        return { ...old, id: data.id, type: "step" as const, position: data.step.place ?? { x: 0, y: 0 }, data, selected: chosen, ariaLabel: name };
      });
      return [...steps, ...comments];
    });
  }
  // Ways are drawn anew only when one leads elsewhere, not with every letter that is typed.
  const ways = useMemo(() => JSON.stringify(Object.entries(doc.steps).map(([id, step]) => [id, step.go])), [doc.steps]);
  const edges = useMemo(() => {
    const led = JSON.parse(ways) as [string, Record<string, string>][];
    const known = new Set(led.map(([id]) => id));
    const most = Math.max(1, ...(graph?.edges.map((edge) => edge.count) ?? []));
    const counts = new Map(graph?.edges.map((edge) => [`${edge.from}\n${edge.exit}`, edge.count]));
    return led.flatMap(([id, go]) => Object.entries(go).filter(([, to]) => known.has(to)).map(([exit, to]): Edge => {
      const count = counts.get(`${id}\n${exit}`) ?? 0;
      return { id: `${id}\n${exit}`, source: id, sourceHandle: exit, target: to, type: "smoothstep", label: count ? numberText(count, i18n.language) : undefined, style: { strokeWidth: 1.5 + 5 * (count / most), stroke: count ? "var(--flow-mark)" : "var(--td-line-strong)" }, markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 }, labelStyle: { fill: "var(--td-text)" }, labelBgStyle: { fill: "var(--td-surface)" }, ariaLabel: `${id}, ${exitText(t, exit)}: ${to}` };
    }));
  }, [ways, graph, i18n.language, t]);
  const frame = useRef<HTMLDivElement>(null);
  const [flow, setFlow] = useState<ReactFlowInstance<Drawn> | null>(null);
  const chosen = selected.length === 1 ? selected[0] : undefined;
  useEffect(() => { if (flow && chosen) reveal(flow, frame.current, chosen); }, [flow, chosen]);
  return (
    <ReactFlow
      ref={frame} onInit={(made) => { setFlow(made); begin(made, frame.current, doc.start); }}
      nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={scheme} fitView fitViewOptions={{ maxZoom: 1, padding: 0.1 }} minZoom={0.1} snapToGrid snapGrid={GRID} onlyRenderVisibleElements={nodes.length > 60} deleteKeyCode={null} selectNodesOnDrag={false} multiSelectionKeyCode="Shift" edgesFocusable={false} nodesDraggable={editable} nodesConnectable={editable} zoomOnDoubleClick={false}
      onNodesChange={(changes) => {
        onNodesChange(changes);
        const places = new Map(changes.flatMap((change) => (change.type === "position" && !change.dragging && change.position ? [[change.id, change.position] as const] : [])));
        const real = [...places].filter(([id, at]) => placeOf(doc, id)?.x !== Math.round(at.x) || placeOf(doc, id)?.y !== Math.round(at.y));
        if (editable && real.length) edit((now) => moved(now, new Map(real)));
        const picks = changes.filter((change) => change.type === "select");
        if (picks.length) {
          const next = new Set(selected.filter((id) => isThere(doc, id)));
          for (const pick of picks) if (pick.selected) next.add(pick.id); else next.delete(pick.id);
          if (next.size !== selected.length || selected.some((id) => !next.has(id))) select([...next]);
        }
      }}
      onConnect={({ source, sourceHandle, target }) => sourceHandle && edit((now) => connected(now, source, sourceHandle, target))}
      onEdgesDelete={(gone) => edit((now) => gone.reduce((doc2, edge) => connected(doc2, edge.source, edge.sourceHandle ?? "done", null), now))}
      onNodeDoubleClick={(_, node) => node.type === "step" && open(node.data.step)} proOptions={{ hideAttribution: false }}
    >
      <Background gap={20} /><Controls showInteractive={false} />
      {nodes.length > MAPPED && <MiniMap pannable zoomable className={classes.map} style={{ width: 150, height: 110 }} ariaLabel={t("design.map")} nodeColor="var(--td-line-strong)" bgColor="var(--td-surface)" />}
    </ReactFlow>
  );
});
