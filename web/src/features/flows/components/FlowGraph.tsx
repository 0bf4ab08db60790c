import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { IconArrowRight, IconDialpad, IconDoor, IconMessage, IconPhone, IconPhoneOff, IconQuestionMark, IconUsersGroup, type IconProps } from "@tabler/icons-react";
import { Background, Controls, type Edge, Handle, MarkerType, type Node, type NodeProps, Position, ReactFlow } from "@xyflow/react";
import { type ComponentType, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { numberText } from "@/shared/format/time";
import type { FlowGraph as Graph, FlowNode } from "../api/flows";
import classes from "./Flow.module.css";
import { layout } from "./layout";

const ICONS: Record<string, ComponentType<IconProps>> = { answer: IconPhone, say: IconMessage, menu: IconDialpad, gather: IconDialpad, branch: IconQuestionMark, hours: IconDoor, queue: IconUsersGroup, hang_up: IconPhoneOff };
type Drawn = Node<{ node: FlowNode; count: number; share: number; locale: string }, "step">;

function Step({ data }: NodeProps<Drawn>) {
  const Icon = ICONS[data.node.verb] ?? IconArrowRight;
  return (
    <div className={classes.node} style={{ "--share": data.share } as React.CSSProperties}>
      <Handle type="target" position={Position.Top} className={classes.handle} isConnectable={false} />
      <span className={classes.verb}><Icon size={14} aria-hidden /> {data.node.verb}</span>
      <strong className="td-clip">{data.node.label ?? data.node.id}</strong>
      <span className={classes.count}>{numberText(data.count, data.locale)}</span>
      <Handle type="source" position={Position.Bottom} className={classes.handle} isConnectable={false} />
    </div>
  );
}
const NODE_TYPES = { step: Step };

/** The published graph with how many calls went which way today: thicker means more. Read-only. */
export function FlowGraph({ graph }: { graph: Graph }) {
  const { t, i18n } = useTranslation();
  const scheme = useComputedColorScheme();
  const { nodes, edges } = useMemo(() => {
    const places = layout(graph);
    const most = Math.max(1, ...Object.values(graph.counts), ...graph.edges.map((edge) => edge.count));
    const drawn = graph.nodes.map((node): Drawn => {
      const count = graph.counts[node.id] ?? 0;
      const place = places.get(node.id);
      return { id: node.id, type: "step", position: { x: place?.x ?? 0, y: place?.y ?? 0 }, data: { node, count, share: count / most, locale: i18n.language } };
    });
    const lines = graph.edges.flatMap((edge, index): Edge[] => (edge.to === null ? [] : [{
      id: `${edge.from}-${edge.exit}-${index}`, source: edge.from, target: edge.to, type: "smoothstep", label: `${edge.exit}${edge.count ? ` · ${numberText(edge.count, i18n.language)}` : ""}`,
      style: { strokeWidth: 1 + 6 * (edge.count / most), stroke: edge.count ? "var(--flow-mark)" : "var(--td-line-strong)", strokeDasharray: edge.count ? undefined : "4 4" },
      markerEnd: { type: MarkerType.ArrowClosed, markerUnits: "userSpaceOnUse", width: 22, height: 22 }, labelStyle: { fill: "var(--td-text)", fontSize: 12 }, labelBgStyle: { fill: "var(--td-surface)" },
    }]));
    return { nodes: drawn, edges: lines };
  }, [graph, i18n.language]);
  return (
    <>
      <div className={`td-card ${classes.canvas}`} role="group" aria-label={t("flow.graph")}>
        <ReactFlow nodes={nodes} edges={edges} nodeTypes={NODE_TYPES} colorMode={scheme} fitView fitViewOptions={{ maxZoom: 1, padding: 0.15 }} minZoom={0.2} nodesDraggable={false} nodesConnectable={false} elementsSelectable={false} nodesFocusable={false} edgesFocusable={false} proOptions={{ hideAttribution: false }}>
          <Background gap={20} /><Controls showInteractive={false} />
        </ReactFlow>
      </div>
      <details className={classes.table}>
        <summary>{t("common.table")}</summary>
        <table>
          <thead><tr><th>{t("flow.step")}</th><th>{t("flow.exit")}</th><th>{t("flow.next")}</th><th>{t("flow.calls")}</th></tr></thead>
          <tbody>{graph.edges.map((edge, index) => <tr key={index}><td>{graph.nodes.find((node) => node.id === edge.from)?.label ?? edge.from}</td><td>{edge.exit}</td><td>{graph.nodes.find((node) => node.id === edge.to)?.label ?? edge.to ?? "–"}</td><td>{numberText(edge.count, i18n.language)}</td></tr>)}</tbody>
        </table>
      </details>
    </>
  );
}
