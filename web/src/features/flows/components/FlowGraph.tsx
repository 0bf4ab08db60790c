import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import {
  IconArrowRight, IconBraces, IconCloud, IconDialpad, IconDoor, IconMessage, IconMessage2, IconBulb, IconMicrophone, IconPhone, IconPhoneOff, IconPhoneOutgoing, IconQuestionMark, IconRoute, IconSearch, IconTable, IconUsersGroup, type IconProps,
} from "@tabler/icons-react";
import { Background, Controls, type Edge, Handle, MarkerType, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import { type ComponentType, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowGraph as Graph, FlowNode } from "@/shared/api/types";
import { exitText, verbText } from "@/shared/components/flowWords";
import { numberText } from "@/shared/format/time";
import classes from "./Flow.module.css";
import { joined, layout } from "./layout";

const ICONS: Record<string, ComponentType<IconProps>> = {
  answer: IconPhone, say: IconMessage, menu: IconDialpad, voice_command: IconMicrophone, intent: IconBulb, gather: IconDialpad, branch: IconQuestionMark, hours: IconDoor, queue: IconUsersGroup, hang_up: IconPhoneOff,
  http: IconCloud, look_up_caller: IconSearch, look_up_table: IconTable, check_pin: IconDialpad, recording: IconMicrophone, set: IconBraces, sub_flow: IconRoute, transfer: IconPhoneOutgoing, voicemail: IconMessage2,
};
type Drawn = Node<{ node: FlowNode; verb: string; count: number; share: number; locale: string }, "step">;

function Step({ data }: NodeProps<Drawn>) {
  const Icon = ICONS[data.node.verb] ?? IconArrowRight;
  return (
    <div className={classes.node} style={{ "--share": data.share } as React.CSSProperties} title={data.node.label}>
      <Handle type="target" position={Position.Top} className={classes.handle} isConnectable={false} />
      <span className={classes.verb}><Icon size={14} aria-hidden /> {data.verb}</span>
      <strong className="td-clip">{data.node.label}</strong>
      <span className={classes.count}>{numberText(data.count, data.locale)}</span>
      <Handle type="source" position={Position.Bottom} className={classes.handle} isConnectable={false} />
    </div>
  );
}
const NODE_TYPES = { step: Step };
const NODE = { width: 220, height: 66 };

/** The published graph with how many calls went which way: thicker means more. Read-only, as tall as it needs to be read. */
export function FlowGraph({ graph }: { graph: Graph }) {
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme();
  const { nodes, edges, height } = useMemo(() => {
    const places = layout({ nodes: graph.nodes.map(({ id }) => ({ id, height: NODE.height })), edges: graph.edges, start: graph.start, width: NODE.width });
    const ways = joined(graph);
    const most = Math.max(1, ...Object.values(graph.counts), ...ways.map((way) => way.count));
    const drawn = graph.nodes.map((node): Drawn => {
      const count = graph.counts[node.id] ?? 0;
      const place = places.get(node.id);
      return { id: node.id, type: "step", position: { x: place?.x ?? 0, y: place?.y ?? 0 }, data: { node, verb: verbText(t, node.verb), count, share: count / most, locale: i18n.language } };
    });
    const lines = ways.map((way): Edge => {
      // A way that nobody took says little: its first exit is enough, and "done" is what one expects.
      const [first = "", ...more] = way.exits;
      const label = way.count ? way.exits.map((exit) => exitText(t, exit)).join(" / ") : first === "done" ? "" : `${exitText(t, first)}${more.length ? ` +${more.length}` : ""}`;
      return {
        id: `${way.from}-${way.to}`, source: way.from, target: way.to, type: "smoothstep", label: way.count ? `${label} · ${numberText(way.count, i18n.language)}` : label,
        style: { strokeWidth: 1 + 6 * (way.count / most), stroke: way.count ? "var(--flow-mark)" : "var(--td-line-strong)", strokeDasharray: way.count ? undefined : "4 4" },
        markerEnd: { type: MarkerType.ArrowClosed, markerUnits: "userSpaceOnUse", width: 22, height: 22 }, labelStyle: { fill: "var(--td-text)", fontSize: 12 }, labelBgStyle: { fill: "var(--td-surface)" }, labelBgPadding: [4, 2], labelBgBorderRadius: 4,
      };
    });
    const tall = NODE.height + Math.max(0, ...[...places.values()].map((place) => place.y));
    return { nodes: drawn, edges: lines, height: Math.min(1500, Math.max(360, tall * 0.85 + 60)) };
  }, [graph, i18n.language, t]);
  return (
    <>
      <div className={`td-card ${classes.canvas}`} style={{ height }} role="group" aria-label={t("flow.graph")}>
        <ReactFlow nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={scheme} fitView fitViewOptions={{ maxZoom: 1, padding: 0.06 }} minZoom={0.2} preventScrolling={false} zoomOnScroll={false} nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} nodesFocusable={false} edgesFocusable={false} proOptions={{ hideAttribution: false }}>
          <Background gap={20} /><Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <details className={classes.table}>
        <summary>{t("common.table")}</summary>
        <table>
          <thead><tr><th>{t("flow.step")}</th><th>{t("flow.exit")}</th><th>{t("flow.next")}</th><th>{t("flow.calls")}</th></tr></thead>
          <tbody>{graph.edges.map((edge, index) => <tr key={index}><td>{graph.nodes.find((node) => node.id === edge.from)?.label ?? edge.from}</td><td>{exitText(t, edge.exit)}</td><td>{graph.nodes.find((node) => node.id === edge.to)?.label ?? edge.to ?? "–"}</td><td className="td-num">{numberText(edge.count, i18n.language)}</td></tr>)}</tbody>
        </table>
      </details>
    </>
  );
}
