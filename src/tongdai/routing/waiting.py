"""What can be told of waiting: the place in the queue, the expected wait, who is there to serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.routing.policies import QueueRules
from tongdai.routing.repositories.entries import Entries
from tongdai.routing.repositories.paces import PaceRow, PaceRows
from tongdai.routing.waits import Pace, expected_wait


@dataclass(frozen=True, slots=True)
class Prospect:
    """Of a contact that waits: its place, from 1, and how long it will wait yet; None: that cannot be said."""

    position: int
    expected_s: float | None


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """A queue as who comes now would find it. `staffed`: somebody is at work, busy or not."""

    waiting: int
    agents_at_work: int
    agents_ready: int
    expected_s: float | None

    @property
    def staffed(self) -> bool:
        return self.agents_at_work > 0


async def prospect_of(tx: Transaction, interaction_id: UUID, *, expecting: bool = True) -> Prospect:
    """What to tell a waiting contact. One that waits no more is next. `expecting`: the wait is asked for, too."""
    found = await Entries(tx).load([interaction_id])
    if not found:
        return Prospect(1, None)
    position = await Entries(tx).position(found[0])
    if not expecting:
        return Prospect(position, None)
    rows = await PaceRows(tx).load(found[0].queue_id)
    expected = [expected_wait(row.pace, row.agents, position - 1) for row in rows]
    return Prospect(position, expected[0] if expected else None)


async def status_of(tx: Transaction, queue_id: UUID) -> QueueStatus:
    """Who is there is counted now; how fast they work is as the matcher knew it some seconds ago."""
    staffing = await PaceRows(tx).staffing(queue_id)
    rows = await PaceRows(tx).load(queue_id)
    pace, part = Pace(datetime.fromtimestamp(0, UTC)), 1.0
    for row in rows:
        pace, part = row.pace, row.agents / row.staff if row.staff else 1.0
    free = staffing.free > staffing.waiting
    expected = expected_wait(pace, staffing.at_work * part, staffing.waiting, free=free)
    return QueueStatus(staffing.waiting, staffing.at_work, staffing.free, expected)


async def somebody_there(tx: Transaction, rules: QueueRules) -> bool:
    """Whether an agent of the queue, or of those who help it out, is signed in: busy or on a break, too."""
    return await PaceRows(tx).signed_in([rules.id, *(ring.queue_id for ring in rules.overflow)])


async def paces(tx: Transaction) -> Mapping[UUID, PaceRow]:
    """How fast the queues in the scope go, by queue."""
    return {row.queue_id: row for row in await PaceRows(tx).load()}
