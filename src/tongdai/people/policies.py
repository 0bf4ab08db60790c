"""Presence, decided purely.

What the agent chose, what routing keeps the agent busy with, and whether the browser is there, are three separate facts;
what is shown (and recorded as agent-state segments) follows from them.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from tongdai.platform.auth import WIDTH, Extent


class Chosen(StrEnum):
    """What the agent asked for."""

    READY = "ready"
    NOT_READY = "not_ready"
    OFFLINE = "offline"


class Occupancy(StrEnum):
    """What routing keeps the agent busy with; the busiest of all open assignments."""

    IDLE = "idle"
    OFFERED = "offered"
    WORKING = "working"
    WRAP_UP = "wrap_up"


class Shown(StrEnum):
    """The agent's state as everybody sees it, and as segments record it."""

    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"
    OFFERED = "offered"
    WORKING = "working"
    WRAP_UP = "wrap_up"


def shown_state(chosen: Chosen, occupancy: Occupancy) -> Shown:
    """Work in hand shows before the choice: who is not ready but still talks is working."""
    if occupancy is not Occupancy.IDLE:
        return Shown(occupancy.value)
    return Shown(chosen.value)


def recorded_state(shown: Shown) -> Shown:
    """The state that a segment records: an agent who is being offered something is still ready until accepting it."""
    return Shown.READY if shown is Shown.OFFERED else shown


def becomes_idle_anew(before: Shown, after: Shown) -> bool:
    """Whether idle time starts afresh (for "longest idle"): on coming free, not when a missed offer returns."""
    return after is Shown.READY and before not in (Shown.READY, Shown.OFFERED)


def locked_after(failures: int) -> float:
    """Seconds an account stays locked after so many wrong passwords in a row: nothing up to 4, then doubling to 15 min."""
    return 0.0 if failures < 5 else min(900.0, 30.0 * 2 ** (failures - 5))


def exceeding(mine: Mapping[str, Extent], wanted: Mapping[str, Extent]) -> list[str]:
    """The permissions in `wanted` that reach further than `mine`: nobody gives more than they hold."""
    return sorted(
        name for name, extent in wanted.items() if name not in mine or WIDTH[mine[name]] < WIDTH[extent]
    )


def narrower_of(mine: Mapping[str, Extent], limit: Mapping[str, Extent]) -> dict[str, Extent]:
    """What both hold, each as far as both reach."""
    return {name: min(mine[name], limit[name], key=WIDTH.__getitem__) for name in mine.keys() & limit.keys()}


def widest_of(grants: Iterable[tuple[str, Extent]]) -> dict[str, Extent]:
    """The widest extent of each permission over several roles."""
    found: dict[str, Extent] = {}
    for name, extent in grants:
        if name not in found or WIDTH[extent] > WIDTH[found[name]]:
            found[name] = extent
    return found
