"""Use cases of callbacks: they are asked for, come due, wait in the queue, are put off, cancelled and scheduled anew."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import InteractionRow, NewInteraction
from tongdai.kit.ids import new_id
from tongdai.kit.phone import time_zone_of
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.routing import service
from tongdai.routing.callbacks import keeping
from tongdai.routing.callbacks.policies import (
    LONGEST_AHEAD,
    OPEN,
    PERSONAL,
    Always,
    CallbackRules,
    Hours,
    Span,
    State,
    may_call_from,
)
from tongdai.routing.errors import CallbackClosed
from tongdai.routing.known import queue_rules, rules_in_use
from tongdai.routing.matching.at_once import offer_at_once
from tongdai.routing.repositories.callbacks import CallbackRow, Callbacks
from tongdai.routing.repository import parse_requirements
from tongdai.tenancy import public as tenancy


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish to be called back, or to call. `number` is E.164. Without a queue it is personal, of `user_id`."""

    number: str
    queue_id: UUID | None = None
    user_id: UUID | None = None
    asked_by: UUID | None = None
    contact_id: UUID | None = None
    project_id: UUID | None = None
    own_address: str = ""
    language: str | None = None
    note: str = ""
    due_at: datetime | None = None
    """Not before then; None: when the place comes up."""
    time_zone: str | None = None
    """The customer's; None: that of the number."""
    priority: int = 0
    requirements: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    flow_answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    place_since: datetime | None = None
    id: UUID | None = None
    """The same id is the same wish."""


class OutsideHours(Exception):
    """The queue calls nobody at that time. `next_at`: when it does next."""

    def __init__(self, next_at: datetime | None) -> None:
        self.next_at = next_at


async def ask(
    tx: Transaction, wish: Ask, at: datetime, asked_in: InteractionRow | None = None
) -> tuple[CallbackRow, bool]:
    """A callback as wished for, and True; or the open one that the customer has in this queue already, and False.

    Raises OutsideHours when it is wanted at a time at which the queue does not call, and Invalid.
    """
    rules = (await queue_rules(tx, wish.queue_id)).callbacks if wish.queue_id is not None else PERSONAL
    home = (await tenancy.settings(tx)).time_zone
    zone = wish.time_zone or time_zone_of(wish.number, home)
    wanted = _checked(wish.due_at, at)
    if wish.queue_id is not None and (found := await Callbacks(tx).open_for(wish.queue_id, wish.number)):
        await _joined(tx, asked_in, found)
        return found, False
    first = await _first_time(tx, rules, zone, wanted)
    if first is None or (wish.due_at is not None and first != wanted):
        raise OutsideHours(first)
    conversation_id = new_id()
    row = CallbackRow(
        id=wish.id or new_id(),
        state=State.SCHEDULED,
        queue_id=wish.queue_id,
        user_id=wish.user_id,
        number=wish.number,
        contact_id=wish.contact_id,
        project_id=wish.project_id,
        own_address=wish.own_address,
        language=wish.language,
        time_zone=zone,
        note=wish.note,
        asked_at=at,
        asked_by=wish.asked_by,
        asked_in=asked_in.id if asked_in else None,
        place_since=wish.place_since or wanted,
        priority=wish.priority,
        requirements=wish.requirements,
        flow_answers=wish.flow_answers,
        due_at=first,
        conversation_id=conversation_id,
        interaction_id=None,
        attempts=0,
        reason=None,
        served_at=None,
        closed_at=None,
        version=1,
    )
    if not await Callbacks(tx).add(row):
        found = await Callbacks(tx).get(row.id)
        if found is None and wish.queue_id is not None:
            found = await Callbacks(tx).open_for(wish.queue_id, wish.number)
        if found is None:
            raise CallbackClosed()
        await _joined(tx, asked_in, found)
        return found, False
    await conversations.open_conversation(tx, conversation_id, wish.project_id, wish.contact_id, at)
    keeping.tell(tx, row, at)
    await _joined(tx, asked_in, row)
    return row, True


def _checked(due_at: datetime | None, at: datetime) -> datetime:
    if due_at is None:
        return at
    if due_at > at + LONGEST_AHEAD:
        raise invalid_field("due_at", "Choose a time within the next 90 days.", "too_late")
    return max(due_at, at)


async def _joined(tx: Transaction, asked_in: InteractionRow | None, row: CallbackRow) -> None:
    if asked_in is not None and asked_in.direction == "inbound":
        await conversations.promise_callback(tx, asked_in, row.conversation_id)


async def _first_time(tx: Transaction, rules: CallbackRules, zone: str, wanted: datetime) -> datetime | None:
    """When the customer, who lives by the clock of `zone`, may be called at `wanted` or later; None: never."""
    hours: Hours = (rules.calendar and await tenancy.hours_of(tx, rules.calendar)) or Always()
    return may_call_from(wanted, Span(zone, rules.first, rules.last), hours)


async def come_due(tx: Transaction, callback_id: UUID, at: datetime) -> None:
    """The time of a scheduled callback has come: it waits in its queue, or its agent is reminded. Outside the hours it is put
    off until they begin."""
    row = await keeping.lock(tx, callback_id)
    if row.state != State.SCHEDULED or row.due_at is None or row.due_at > at:
        return
    if row.queue_id is None:
        await keeping.move(tx, row, at, state=State.DUE)
        return
    rules = await rules_in_use(tx, row.queue_id)
    if rules is None:
        await keeping.finish(tx, row, State.FAILED, at, "no_queue")
        return
    if await Callbacks(tx).answered_since(rules.id, row.number, row.asked_at):
        await keeping.withdraw_attempt(tx, row, at)
        await keeping.finish(tx, row, State.CALLED_AGAIN, at, "called_again")
        return
    first = await _first_time(tx, rules.callbacks, row.time_zone, at)
    if first is None:
        await keeping.finish(tx, row, State.FAILED, at, "hours")
    elif first > at:
        await keeping.move(tx, row, at, due_at=first)
    else:
        await _wait(tx, row, rules.id, at)


async def _wait(tx: Transaction, row: CallbackRow, queue_id: UUID, at: datetime) -> None:
    """Into the queue, at the place that was kept. An attempt that was put off goes on; each new call is one of its own."""
    attempt = await conversations.lock(tx, row.interaction_id) if row.interaction_id else None
    if attempt is None or attempt.state == conversations.State.CLOSED:
        attempt = await conversations.start(
            tx,
            NewInteraction(
                id=new_id(),
                channel="voice",
                direction="outbound",
                started_at=at,
                peer_raw=row.number,
                peer=row.number,
                own_address=row.own_address,
                project_id=row.project_id,
                contact_id=row.contact_id,
                language=row.language,
                conversation_id=row.conversation_id,
                flow_answers=row.flow_answers,
            ),
        )
    # Said before the attempt waits: who counts those on the line knows then that nobody is.
    await keeping.move(tx, row, at, state=State.WAITING, due_at=None, interaction_id=attempt.id)
    wish = service.Enqueue(
        attempt.id,
        queue_id,
        row.priority,
        parse_requirements(row.requirements),
        returning=True,
        callback=True,
        waited_s=max(0.0, (at - row.place_since).total_seconds()),
    )
    await offer_at_once(tx, await service.enqueue(tx, wish, at))


async def put_off(tx: Transaction, callback_id: UUID, at: datetime) -> None:
    """One that waits beyond the hours goes on when they begin again, with the same place."""
    row = await keeping.lock(tx, callback_id)
    rules = await rules_in_use(tx, row.queue_id)
    if row.state != State.WAITING or row.interaction_id is None or rules is None:
        return
    first = await _first_time(tx, rules.callbacks, row.time_zone, at)
    if first is not None and first <= at:
        return
    await _out_of_queue(tx, row, at)
    if first is None:
        await keeping.withdraw_attempt(tx, row, at)
        await keeping.finish(tx, row, State.FAILED, at, "hours")
    else:
        await keeping.move(tx, row, at, state=State.SCHEDULED, due_at=first)


async def _out_of_queue(tx: Transaction, row: CallbackRow, at: datetime) -> None:
    if row.state != State.WAITING or row.interaction_id is None:
        return
    await service.leave(tx, row.interaction_id, "left", at)
    attempt = await conversations.lock(tx, row.interaction_id)
    if attempt.phase == conversations.Phase.WAIT:
        await conversations.enter(tx, attempt, conversations.Phase.FLOW, at)


async def cancel(tx: Transaction, callback_id: UUID, at: datetime, reason: str = "cancelled") -> CallbackRow:
    """Nobody is called. Raises CallbackClosed when it is over, and while the customer is being called."""
    row = await keeping.lock(tx, callback_id)
    if row.state == State.CANCELLED:
        return row
    if row.state not in OPEN or row.state == State.CALLING:
        raise CallbackClosed()
    await _out_of_queue(tx, row, at)
    await keeping.withdraw_attempt(tx, row, at)
    return await keeping.finish(tx, row, State.CANCELLED, at, reason)


async def reschedule(
    tx: Transaction, row: CallbackRow, at: datetime, *, due_at: datetime | None, note: str | None
) -> CallbackRow:
    """Another time (None: as it is), another note, for a locked callback. Raises CallbackClosed and OutsideHours."""
    if row.state not in OPEN or row.state == State.CALLING:
        raise CallbackClosed()
    if due_at is None:
        return await keeping.move(tx, row, at, note=row.note if note is None else note)
    wanted = _checked(due_at, at)
    if row.queue_id is not None:
        rules = (await queue_rules(tx, row.queue_id)).callbacks
        first = await _first_time(tx, rules, row.time_zone, wanted)
        if first != wanted:
            raise OutsideHours(first)
    await _out_of_queue(tx, row, at)
    return await keeping.move(
        tx, row, at, state=State.SCHEDULED, due_at=wanted, place_since=wanted,
        note=row.note if note is None else note,
    )  # fmt: skip


async def dial_now(tx: Transaction, callback_id: UUID, attempt: InteractionRow, at: datetime) -> None:
    """An agent calls the customer of a personal or scheduled callback by themselves, with an attempt that just began. Raises
    CallbackClosed where somebody does already."""
    row = await Callbacks(tx).lock(callback_id)
    if row is None or row.state not in (State.SCHEDULED, State.DUE):
        raise CallbackClosed()
    if row.interaction_id is not None:
        await keeping.withdraw_attempt(tx, row, at)
    await conversations.join(tx, attempt, row.conversation_id)
    await keeping.move(tx, row, at, state=State.CALLING, due_at=None, interaction_id=attempt.id)


async def count_left_behind(tx: Transaction, interaction_id: UUID, at: datetime) -> None:
    """The call of an attempt was closed by somebody who did not reckon with it."""
    attempt = await conversations.lock(tx, interaction_id)
    if attempt.state == conversations.State.CLOSED:
        await keeping.attempted(tx, interaction_id, attempt.result or "failed", attempt.cause or "", at)
