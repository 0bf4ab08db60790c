"""What an event about a contact will need, locked in one trip to the database; the services then find it at hand.

The order is that of all locks: interaction, stay, round, assignments, presence. Part of what is asked for may be written anew by
the very transaction that we waited for (an offer round, say): a row that changed between the look and the lock tells so, and then
what hangs on it is left to be read afresh.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tongdai.conversations.public import Assignments, Interactions
from tongdai.people.public import Presences
from tongdai.platform.database import Read, Transaction
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repository import Agents


async def hold_stay(
    tx: Transaction, interaction_id: UUID, user_id: UUID | None, *, also: Sequence[Read[Any]] = ()
) -> list[list[Any]]:
    """All about a contact and, with `user_id`, the agent who is at it. Gives the rows of `also`, which are read after them."""
    open_ones = "interaction_id = %(interaction)s AND state <> 'done'"
    reads = [
        Entries.looking(interaction_id),
        Interactions.locking(interaction_id),
        Entries.looking(interaction_id).locked(),
        Entries.locking_round(interaction_id),
        Assignments.locking(open_ones, interaction=interaction_id),
    ]
    if user_id is not None:
        reads += [
            Presences.looking(user_id),
            Presences.looking(user_id).locked(),
            Assignments.all_of(user_id),
        ]
    found = await tx.fetch_together(*reads, *also)
    seen, interactions, entries, rounds, assignments, *agent = found[: len(reads)]
    Interactions(tx).hold(interactions)
    Entries(tx).hold(interaction_id, entries[0] if entries else None)
    if seen == entries:
        Entries(tx).hold_round(interaction_id, rounds[0] if rounds else None)
        Assignments(tx).hold_interaction(interaction_id, assignments)
    if user_id is not None:
        looked, locked, worked = agent
        Presences(tx).hold(locked)
        if looked == locked:
            Assignments(tx).hold_user(user_id, worked)
    return found[len(reads) :]


async def hold_offer(tx: Transaction, interaction_id: UUID, user_ids: tuple[UUID, ...], channel: str) -> None:
    """A waiting contact, and the agents to whom it is going to be offered. A contact that this transaction enqueued and agents
    whom it freed are held already."""
    entered = Entries(tx).holds(interaction_id)
    reads: list[Read[Any]] = [] if entered else [Entries.looking(interaction_id).locked()]
    for user_id in sorted(user_ids):
        if not (Presences(tx).held(user_id) and Agents(tx).gave_back(user_id, channel)):
            reads += [Presences.looking(user_id).locked(), Agents.locking(user_id, channel)]
    agents = await tx.fetch_together(*reads, apart=True)
    if not entered:
        entries = agents.pop(0)
        Entries(tx).hold(interaction_id, entries[0] if entries else None)
    for presences, loads in zip(agents[::2], agents[1::2], strict=True):
        Presences(tx).hold(presences)
        Agents(tx).hold(loads)
