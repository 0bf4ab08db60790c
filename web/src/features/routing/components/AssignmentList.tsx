import { IconPhone } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Assignment, Id } from "@/shared/api/types";
import { Elapsed } from "@/shared/components/Elapsed";
import { StateBadge, stateStyle } from "@/shared/components/StateBadge";
import classes from "./AssignmentList.module.css";
import { useWho } from "@/shared/format/who";

/** Active ones first, then what waits for its wrap-up. */
export function AssignmentList({ rows, selected, onSelect, onHold }: { rows: Assignment[]; selected: Id | null; onSelect: (id: Id) => void; onHold: boolean }) {
  const { t } = useTranslation();
  const who = useWho();
  const stateOf = (row: Assignment) => (row.state === "wrap_up" ? "wrap_up" : onHold ? "hold" : "talking");
  const ordered = [...rows].sort((a, b) => Number(a.state === "wrap_up") - Number(b.state === "wrap_up"));
  return (
    <ul className={classes.list} aria-label={t("assignments.title")}>
      {ordered.map((row) => (
        <li key={row.id}>
          <button type="button" className={classes.row} aria-current={row.id === selected || undefined} onClick={() => onSelect(row.id)} style={stateStyle(stateOf(row))}>
            <IconPhone size={17} aria-hidden className={classes.icon} />
            <span className={`td-clip ${classes.name}`}>{who(row)}</span>
            {row.state === "wrap_up" && row.wrap_up_ends_at
              ? <Elapsed until={row.wrap_up_ends_at} className={classes.time} />
              : <Elapsed since={row.accepted_at ?? row.offered_at} className={classes.time} />}
            <span className={`td-clip td-muted ${classes.queue}`}>{row.queue?.name ?? t(`direction.${row.direction}`)}</span>
            <StateBadge state={stateOf(row)} />
          </button>
        </li>
      ))}
    </ul>
  );
}
