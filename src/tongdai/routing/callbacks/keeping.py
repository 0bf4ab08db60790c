"""A callback's row as it moves on. Locks: the interaction of the present attempt first, then the callback, as everywhere.

An open callback is in exactly one of these: scheduled (nobody looks at it before `due_at`), waiting (it has an entry in the queue
like anybody on the line), due (its agent is reminded), calling (an agent has it). Whoever finds it elsewhere leaves it alone: so
it is never dialled twice.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.routing.callbacks.policies import PERSONAL, State, after_attempt
from tongdai.routing.errors import CallbackMoved
from tongdai.routing.events import CallbackChanged
from tongdai.routing.known import rules_in_use
from tongdai.routing.repositories.callbacks import CallbackRow, Callbacks


def tell(tx: Transaction, row: CallbackRow, at: datetime) -> None:
    tx.emit(
        CallbackChanged(
            aggregate_id=row.id,
            aggregate_version=row.version,
            at=at,
            state=row.state,
            asked_at=row.asked_at,
            queue_id=row.queue_id,
            user_id=row.user_id,
            interaction_id=row.interaction_id,
            served_at=row.served_at,
        )
    )


async def move(tx: Transaction, row: CallbackRow, at: datetime, **changes: Any) -> CallbackRow:
    """Change a locked row, and say so."""
    after = replace(row, **changes, version=row.version + 1)
    await Callbacks(tx).save(after)
    tell(tx, after, at)
    return after


async def finish(
    tx: Transaction, row: CallbackRow, state: State, at: datetime, reason: str | None = None, **changes: Any
) -> CallbackRow:
    """Close a locked callback."""
    await conversations.close_conversation(tx, row.conversation_id, at)
    return await move(
        tx, row, at, state=state, closed_at=at, due_at=None, reason=reason or row.reason, **changes
    )


async def lock(tx: Transaction, callback_id: UUID) -> CallbackRow:
    """The callback, and before it its attempt, locked. Raises NotFound; CallbackMoved when it moved on meanwhile."""
    seen = await Callbacks(tx).get(callback_id)
    if seen is None:
        raise NotFound("There is no such callback.")
    if seen.interaction_id is not None:
        await conversations.lock(tx, seen.interaction_id)
    row = await Callbacks(tx).lock(callback_id)
    if row is None or row.interaction_id != seen.interaction_id:
        raise CallbackMoved()
    return row


async def held_place(tx: Transaction, queue_id: UUID, number: str) -> CallbackRow | None:
    """The place that is kept for this number in the queue, locked; None: there is none, or the customer is being called."""
    seen = await Callbacks(tx).open_for(queue_id, number)
    if seen is None or seen.state == State.CALLING:
        return None
    row = await lock(tx, seen.id)
    return row if row.state in (State.SCHEDULED, State.WAITING) else None


async def called_again(
    tx: Transaction, row: CallbackRow, caller: InteractionRow, at: datetime
) -> InteractionRow:
    """The customer of a locked callback is on the line again, and will be served there. Gives their interaction."""
    await withdraw_attempt(tx, row, at)
    await finish(tx, row, State.CALLED_AGAIN, at, "called_again")
    return await conversations.forget_promise(tx, await conversations.join(tx, caller, row.conversation_id))


async def withdraw_attempt(tx: Transaction, row: CallbackRow, at: datetime) -> None:
    """Nobody is to be called any more: close the attempt that waited. Its entry must have left the queue before."""
    if row.interaction_id is None:
        return
    attempt = await conversations.lock(tx, row.interaction_id)
    if attempt.state != conversations.State.CLOSED:
        await conversations.close(tx, attempt, at, hung_up_by="system", result="cancelled")


async def being_called(tx: Transaction, attempt: InteractionRow, at: datetime) -> None:
    """An agent has taken a locked attempt."""
    seen = await Callbacks(tx).of_interaction(attempt.id)
    row = await Callbacks(tx).lock(seen.id) if seen else None
    if row is not None and row.interaction_id == attempt.id and row.state == State.WAITING:
        await move(tx, row, at, state=State.CALLING, due_at=None)


async def reached(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The customer of a locked attempt answered. Nothing where it was no callback."""
    row = await _of(tx, interaction_id)
    if row is not None:
        await finish(tx, row, State.SERVED, at, "answered", served_at=at, attempts=row.attempts + 1)


async def attempted(tx: Transaction, interaction_id: UUID, result: str, cause: str, at: datetime) -> None:
    """The call of a locked attempt is over. Nothing where it was no callback, or one that was served already."""
    row = await _of(tx, interaction_id)
    if row is None:
        return
    rules = await rules_in_use(tx, row.queue_id)
    kept = rules.callbacks if rules is not None else PERSONAL
    after = after_attempt(kept, row.attempts, result, cause, at, personal=row.personal)
    if after.due_at is None:
        served = at if after.state is State.SERVED else None
        await finish(tx, row, after.state, at, result, attempts=after.attempts, served_at=served)
        return
    await move(tx, row, at, state=after.state, attempts=after.attempts, due_at=after.due_at, reason=result)


async def _of(tx: Transaction, interaction_id: UUID) -> CallbackRow | None:
    seen = await Callbacks(tx).of_interaction(interaction_id)
    row = await Callbacks(tx).lock(seen.id) if seen else None
    mine = row is not None and row.interaction_id == interaction_id
    return row if mine and row is not None and row.state in (State.CALLING, State.WAITING) else None
