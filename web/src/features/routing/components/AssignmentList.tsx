import "@/shared/i18n/chat";
import { IconCheck, IconMail, IconMessageCircle, IconPhone } from "@tabler/icons-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Assignment, Id } from "@/shared/api/types";
import { keyText, useActions } from "@/shared/actions/registry";
import { Elapsed } from "@/shared/components/Elapsed";
import { StateBadge, stateStyle } from "@/shared/components/StateBadge";
import classes from "./AssignmentList.module.css";
import { useWho } from "@/shared/format/who";

/** Active ones first, then what waits for its wrap-up. `digits`: Alt and a digit go to each; they are not somebody else's just now. */
export function AssignmentList({ rows, selected, onSelect, onHold, digits }: { rows: Assignment[]; selected: Id | null; onSelect: (id: Id) => void; onHold: boolean; digits: boolean }) {
  const { t } = useTranslation();
  const who = useWho();
  const list = useRef<HTMLUListElement>(null);
  const ordered = [...rows].sort((a, b) => Number(a.state === "wrap_up") - Number(b.state === "wrap_up"));
  const several = digits && ordered.length > 1;
  useActions(several ? ordered.slice(0, 9).map((row, place) => ({ id: `assignment.${place + 1}`, name: t("chat.show", { who: who(row) }), section: "call" as const, hotkey: `Alt+${place + 1}`, perform: () => onSelect(row.id) })) : []);
  const step = (by: number) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    buttons[buttons.findIndex((one) => one === document.activeElement) + by]?.focus();
  };
  return (
    <ul
      ref={list} className={classes.list} aria-label={t("assignments.title")}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        step(event.key === "ArrowDown" ? 1 : -1);
      }}
    >
      {ordered.map((row, place) => (
        <li key={row.id}>
          <Row row={row} current={row.id === selected} hotkey={several && place < 9 ? `Alt+${place + 1}` : null} onHold={onHold} onSelect={() => onSelect(row.id)} />
        </li>
      ))}
    </ul>
  );
}

function Row({ row, current, hotkey, onHold, onSelect }: { row: Assignment; current: boolean; hotkey: string | null; onHold: boolean; onSelect: () => void }) {
  const { t } = useTranslation();
  const who = useWho();
  const written = row.channel !== "voice";
  const thread = row.state === "accepted" ? row.thread : null;
  const waits = thread?.last_author === "customer" && thread.last_at;
  const unread = thread?.unread ?? 0;
  const state = row.state === "wrap_up" ? "wrap_up" : written ? (waits ? "offered" : "talking") : onHold ? "hold" : "talking";
  const Icon = row.channel === "email" ? IconMail : written ? IconMessageCircle : IconPhone;
  return (
    <button type="button" className={classes.row} data-assignment data-unread={unread > 0 || undefined} aria-current={current || undefined} title={hotkey ? keyText(hotkey) : undefined} onClick={onSelect} style={stateStyle(state)}>
      <Icon size={17} aria-hidden className={classes.icon} />
      <span className={`td-clip ${classes.name}`}>{who(row)}</span>
      {row.state === "wrap_up" && row.wrap_up_ends_at
        ? <Elapsed until={row.wrap_up_ends_at} className={classes.time} />
        : <Elapsed since={waits || (row.accepted_at ?? row.offered_at)} className={classes.time} />}
      {thread?.preview
        ? <span className={`td-clip ${classes.preview}`}>{thread.preview}</span>
        : <span className={`td-clip td-muted ${classes.queue}`}>{row.queue?.name ?? t(`direction.${row.direction}`)}</span>}
      <span className={classes.foot}>
        <StateBadge state={state} label={written && state !== "wrap_up" ? t(waits ? "chat.waits" : "chat.answered") : null} icon={written && state === "talking" ? IconCheck : undefined} />
        {thread?.preview && row.queue && <span className={`td-clip td-muted ${classes.through}`}>{row.queue.name}</span>}
        {unread > 0 && <span className={classes.unread}><span aria-hidden>{unread}</span><span className="td-visually-hidden">{t("chat.unread", { count: unread })}</span></span>}
      </span>
    </button>
  );
}
