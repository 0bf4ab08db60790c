"""What is shown of callbacks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel

from tongdai.crm import public as crm
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Ref, one_of
from tongdai.platform.realtime import Push
from tongdai.routing.callbacks.door import SEE
from tongdai.routing.callbacks.policies import State
from tongdai.routing.known import queue_names
from tongdai.routing.repositories.callbacks import CallbackRow, Callbacks, FiguresRow

TOPIC = "callbacks"


class CallbackView(BaseModel):
    """Somebody who is to be called back. Without a queue it is personal, of `user`. `due_at`: not before then; null while it
    waits in its queue. `reason`: what came of the last attempt, or why it is over; `called_by` who made it."""

    id: UUID
    state: Annotated[str, one_of(*State)]
    queue: Ref | None
    user: Ref | None
    number: str
    contact: Ref | None
    time_zone: str
    note: str
    asked_at: datetime
    asked_by: Ref | None
    asked_in: UUID | None
    due_at: datetime | None
    attempts: int
    reason: str | None
    interaction_id: UUID | None
    called_by: Ref | None
    served_at: datetime | None
    closed_at: datetime | None
    version: int


class CallbackFigures(BaseModel):
    """What became of the callbacks that were asked for in a time, of one queue (null: promises of agents). `taken`: an agent had
    it at least once. `to_callback_s`: from asking until the customer was reached, on average of those reached."""

    queue: Ref | None
    asked: int
    taken: int
    reached: int
    failed: int
    cancelled: int
    called_again: int
    open: int
    to_callback_s: float | None


class MyReminders(BaseModel):
    """The promises of whose time I am reminded; `seq` is where their events begin."""

    seq: str
    due: list[CallbackView]


async def callback_views(tx: Transaction, rows: Sequence[CallbackRow]) -> list[CallbackView]:
    queues = await queue_names(tx, [row.queue_id for row in rows if row.queue_id])
    contacts = await crm.contact_refs(tx, [row.contact_id for row in rows if row.contact_id])
    callers = await Callbacks(tx).callers([row.interaction_id for row in rows if row.interaction_id])
    ids = {one for row in rows for one in (row.user_id, row.asked_by) if one} | set(callers.values())
    names = {one.id: one.name for one in await people.list_people(tx, list(ids))} if ids else {}

    def ref(known: dict[UUID, str], one: UUID | None) -> Ref | None:
        return Ref(id=one, name=known.get(one, "")) if one else None

    cards = {key: card.name for key, card in contacts.items()}
    return [
        CallbackView(
            id=row.id,
            state=row.state,
            queue=ref(queues, row.queue_id),
            user=ref(names, row.user_id),
            number=row.number,
            contact=ref(cards, row.contact_id),
            time_zone=row.time_zone,
            note=row.note,
            asked_at=row.asked_at,
            asked_by=ref(names, row.asked_by),
            asked_in=row.asked_in,
            due_at=row.due_at,
            attempts=row.attempts,
            reason=row.reason,
            interaction_id=row.interaction_id,
            called_by=ref(names, callers.get(row.interaction_id) if row.interaction_id else None),
            served_at=row.served_at,
            closed_at=row.closed_at,
            version=row.version,
        )
        for row in rows
    ]


async def figure_views(tx: Transaction, rows: Sequence[FiguresRow]) -> list[CallbackFigures]:
    names = await queue_names(tx, [row.queue_id for row in rows if row.queue_id])
    shown = [
        CallbackFigures(
            queue=Ref(id=row.queue_id, name=names.get(row.queue_id, "")) if row.queue_id else None,
            **{name: getattr(row, name) for name in FiguresRow.__slots__ if name != "queue_id"},
        )
        for row in rows
    ]
    return sorted(shown, key=lambda one: (one.queue is None, one.queue.name if one.queue else ""))


async def publish(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Who may see a callback sees it as it is now. Who scheduled one for a queue sees it as well as its own agent."""
    ids: dict[UUID, None] = {event.fact.aggregate_id: None for event in events}
    rows = [row for one in ids if (row := await Callbacks(tx).get(one)) is not None]
    owners = [one for row in rows for one in (row.user_id or row.asked_by,) if one]
    teams = await people.teams_of(tx, owners) if owners else {}
    pushes: list[Push] = []
    for row, view in zip(rows, await callback_views(tx, rows), strict=True):
        owner = row.user_id or row.asked_by
        pushes.append(
            Push(
                TOPIC,
                "callback.changed",
                view,
                permission=SEE,
                owner_id=owner,
                team_ids=teams.get(row.user_id, frozenset()) if row.user_id else frozenset(),
                queue_id=row.queue_id,
                project_id=row.project_id,
            )
        )
    return pushes


async def of_interaction(tx: Transaction, conversation_id: UUID | None) -> dict[str, Any] | None:
    """The callback that a conversation is about, for the detail of one of its calls."""
    row = await Callbacks(tx).of_conversation(conversation_id) if conversation_id else None
    if row is None:
        return None
    shown = {name: getattr(row, name) for name in ("id", "state", "asked_at", "due_at", "attempts", "reason")}
    return {**shown, "calls": await Callbacks(tx).calls(row.conversation_id)}
