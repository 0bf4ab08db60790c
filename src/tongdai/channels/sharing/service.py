"""Use cases of shared sessions: asked for, agreed to, ended. Each is a line in the thread and an entry of the audit log.

What flows in a session is never stored; that it was, between whom and how long, is.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.channels.errors import ShareOver
from tongdai.channels.events import ShareChanged
from tongdai.channels.sharing.policies import Kind, Side, Stage, Why, end_of_itself
from tongdai.channels.sharing.repository import ShareRow, Shares
from tongdai.channels.webchat.repository import Chats
from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, NewMessage, Phase
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.tenancy.public import audit


async def ask(tx: Transaction, part: AssignmentRow, kind: Kind, at: datetime) -> ShareRow:
    """The agent asks the customer whom they have; what is asked for or on already is given as it stands. Raises NotInState,
    NotFound where the customer has no page."""
    interaction = await conversations.lock(tx, part.interaction_id)
    mine = await conversations.lock_assignment(tx, part.id)
    if mine.state != "accepted" or mine.party or interaction.phase != Phase.TALK:
        raise conversations.NotInState()
    chats = await Chats(tx).of_interactions([interaction.id])
    if not chats:
        raise NotFound("There is no such contact of yours.")
    (chat,) = chats
    for known in await Shares(tx).open_of(interaction.id):
        if known.kind == kind:
            return known
    row = ShareRow(
        new_id(), chat.visitor_id, interaction.id, chat.conversation_id, mine.user_id, kind, Stage.ASKED, at,
        None, None, None, None, None, None, 1,
    )  # fmt: skip
    await Shares(tx).add(row)
    await _tell(tx, row, "asked", Side.AGENT, at)
    await audit(tx, "share.asked", "interaction", row.interaction_id, {"kind": row.kind})
    return row


async def agree(tx: Transaction, share_id: UUID, at: datetime) -> ShareRow:
    """The customer agrees; twice changes nothing. Raises NotFound, ShareOver."""
    row = await _lock(tx, share_id)
    if row.state == Stage.OVER:
        raise ShareOver()
    if row.state == Stage.ON:
        return row
    row = await _save(tx, replace(row, state=Stage.ON, began_at=at))
    await _tell(tx, row, "agreed", Side.CUSTOMER, at)
    await audit(tx, "share.agreed", "interaction", row.interaction_id, {"kind": row.kind})
    return row


async def end(tx: Transaction, share_id: UUID, by: Side | None, why: Why, at: datetime) -> ShareRow:
    """Over, whatever it was; ending it twice changes nothing. `by` None: neither side, by itself. Raises NotFound."""
    return await _end(tx, await _lock(tx, share_id), by, why, at)


async def end_overdue(tx: Transaction, share_id: UUID, at: datetime) -> None:
    """Nobody answers, or a side does not come back."""
    row = await _lock(tx, share_id)
    why = end_of_itself(row.state, row.asked_at, row.began_at, (row.customer_at, row.agent_at), at)
    if why is not None:
        await _end(tx, row, None, why, at)


async def _end(tx: Transaction, row: ShareRow, by: Side | None, why: Why, at: datetime) -> ShareRow:
    if row.state == Stage.OVER:
        return row
    if why == Why.STOPPED and row.state == Stage.ASKED:
        why = Why.WITHDRAWN if by is Side.AGENT else Why.DECLINED
    row = await _save(tx, replace(row, state=Stage.OVER, ended_at=at, ended_by=by or "system", why=why))
    await _tell(tx, row, why, by, at)
    details = {"kind": row.kind, "by": row.ended_by, "why": row.why}
    await audit(tx, "share.ended", "interaction", row.interaction_id, details)
    return row


async def end_all(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The chat is over."""
    for row in await Shares(tx).open_of(interaction_id):
        await end(tx, row.id, None, Why.LEFT, at)


async def end_without_agent(tx: Transaction, share_id: UUID, at: datetime) -> None:
    """What is shown to an agent ends with their part, however they lost the customer."""
    row = await _lock(tx, share_id)
    parts = await conversations.Assignments(tx).open_of_interaction(row.interaction_id)
    if not any(part.user_id == row.user_id and part.state == "accepted" for part in parts):
        await _end(tx, row, None, Why.LEFT, at)


async def _lock(tx: Transaction, share_id: UUID) -> ShareRow:
    found = await Shares(tx).get(share_id)
    if found is None:
        raise NotFound()
    await conversations.lock(tx, found.interaction_id)
    row = await Shares(tx).get(share_id, lock=True)
    if row is None:
        raise NotFound()
    return row


async def _save(tx: Transaction, row: ShareRow) -> ShareRow:
    row = replace(row, version=row.version + 1)
    await Shares(tx).save(row)
    return row


async def _tell(tx: Transaction, row: ShareRow, what: str, by: Side | None, at: datetime) -> None:
    """A line in the thread, by which the customer's window is woken, and the fact for the agent's desktop."""
    data: dict[str, Any] = {"event": row.kind, "what": what, "by": by or "system"}
    new = NewMessage(
        "system",
        kind="event",
        data=data,
        user_id=row.user_id if by is Side.AGENT else None,
        interaction_id=row.interaction_id,
    )
    await conversations.write(tx, row.conversation_id, new, at)
    tx.emit(
        ShareChanged(aggregate_id=row.id, aggregate_version=row.version, state=row.state, user_id=row.user_id)
    )
