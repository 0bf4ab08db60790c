"""An offer: a decision of the matcher made true."""

from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.people.public import Occupancy
from tongdai.platform.database import Transaction
from tongdai.routing import locks
from tongdai.routing.events import ContactOffered
from tongdai.routing.matching.decision import Decision
from tongdai.routing.policies import QueueRules
from tongdai.routing.repositories.entries import Entries, RoundRow
from tongdai.routing.repository import Agents


async def claim(tx: Transaction, decision: Decision, at: datetime) -> RoundRow | None:
    """Turn a decision into an offer round, if it still holds: the contact waits in the version that was decided on, and the
    agents have capacity. None when it does not; the matcher then looks again with fresh data.
    """
    interaction_id, rules = decision.entry.interaction_id, decision.queue
    await locks.hold_offer(tx, interaction_id, decision.user_ids, rules.channel)
    row = await Entries(tx).lock(interaction_id)
    if row is None or row.state != "waiting" or row.entry_id != decision.entry.entry_id:
        return None
    offered = RoundRow(
        id=new_id(),
        interaction_id=interaction_id,
        queue_id=rules.id,
        opened_at=at,
        expires_at=at + timedelta(seconds=rules.offer_timeout_s),
        closed_at=None,
        outcome=None,
    )
    willing = [
        user_id for user_id in sorted(decision.user_ids) if await _reserve(tx, user_id, rules.channel, at)
    ]
    if not willing:
        return None
    await Entries(tx).open_round(offered)
    await Entries(tx).mark(interaction_id, "offered", row.tried, row.version + 1, row.rounds + 1)
    for user_id in willing:
        await conversations.offer(tx, _assignment(offered, user_id, rules))
    await Entries(tx).add_decision(
        interaction_id,
        rules.id,
        offered.id,
        at,
        "offered",
        {
            "strategy": rules.strategy,
            "chosen": [str(user_id) for user_id in willing],
            "waited_s": round(decision.entry.waited(at), 1),
            "waiting": decision.waiting,
            "free": decision.free,
            "preferred": _preferred(decision),
            "candidates": [
                {"user_id": str(one.user_id), "name": one.name, "verdict": one.verdict}
                for one in decision.considered
            ],
        },
    )
    tx.emit(
        ContactOffered(
            aggregate_id=row.entry_id,
            aggregate_version=row.version + 1,
            interaction_id=interaction_id,
            queue_id=rules.id,
            round_id=offered.id,
            user_ids=willing,
            expires_at=offered.expires_at,
            callback=row.callback,
        )
    )
    return offered


def _preferred(decision: Decision) -> dict[str, str] | None:
    """For whom the contact waits first, and who says so."""
    entry = decision.entry
    if entry.preferred_user_id is None:
        return None
    return {"user_id": str(entry.preferred_user_id), "why": entry.preferred_why or "last"}


async def _reserve(tx: Transaction, user_id: UUID, channel: str, at: datetime) -> bool:
    """Take the agent for an offer: ready, there, and with capacity."""
    presence = await people.lock_presence(tx, user_id)
    if presence.chosen != "ready" or presence.disconnected_at is not None:
        return False
    if presence.occupancy != Occupancy.IDLE and not await Agents(tx).has_room(user_id, channel):
        return False
    if not await Agents(tx).take(user_id, channel, at):
        return False
    if presence.occupancy == Occupancy.IDLE:
        await people.occupy(tx, user_id, Occupancy.OFFERED, at)
    return True


def _assignment(offered: RoundRow, user_id: UUID, rules: QueueRules) -> AssignmentRow:
    return AssignmentRow(
        id=new_id(),
        interaction_id=offered.interaction_id,
        user_id=user_id,
        queue_id=rules.id,
        round_id=offered.id,
        state="offered",
        outcome=None,
        offered_at=offered.opened_at,
        expires_at=offered.expires_at,
        accepted_at=None,
        wrap_up_at=None,
        wrap_up_ends_at=None,
        done_at=None,
        party=False,
        offered_by=None,
        auto_answer=rules.auto_answer,
        note="",
        disposition_id=None,
        no_consequence=False,
        decline_reason=None,
        version=1,
    )
