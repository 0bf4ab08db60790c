"""What became of those whom a flow led: how many needed no agent, and where the others left. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel

from tongdai.analytics.repositories.flow_outcomes import Ended

SHOWN = 20


class DropOff(BaseModel):
    """So many left at this step, before they had waited for anybody."""

    node: str
    label: str
    count: int


class FlowOutcomes(BaseModel):
    """Each contact whom the flow has led is one of: `contained` (led to an end, without waiting for an agent), `agent` (reached
    one), `gave_up` (left, or was sent away, while waiting), `left` (in the flow, by themselves), `failed` (the flow did)."""

    contacts: int
    contained: int
    agent: int
    gave_up: int
    left: int
    failed: int
    drop_offs: list[DropOff]


def outcome_of(one: Ended) -> str:
    if one.connected:
        return "agent"
    if one.queued:
        return "gave_up"
    return {"left": "left", "fault": "failed"}.get(one.ended, "contained")


def outcomes_of(rows: Iterable[Ended]) -> FlowOutcomes:
    counts: Counter[str] = Counter()
    left: Counter[tuple[str, str]] = Counter()
    for row in rows:
        outcome = outcome_of(row)
        counts[outcome] += row.count
        if outcome == "left":
            left[row.node, row.label] += row.count
    steps = sorted(left.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return FlowOutcomes(
        contacts=counts.total(),
        contained=counts["contained"],
        agent=counts["agent"],
        gave_up=counts["gave_up"],
        left=counts["left"],
        failed=counts["failed"],
        drop_offs=[DropOff(node=node, label=label, count=count) for (node, label), count in steps],
    )
