"""What the agent's workspace shows: read models over interactions, contacts and queues."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, ChannelAdapters
from tongdai.crm import public as crm
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.http import one_of
from tongdai.routing.known import queue_names
from tongdai.routing.repositories.callbacks import Callbacks
from tongdai.routing.repositories.entries import Entries


class NamedRef(BaseModel):
    id: UUID
    name: str


class QueueName(NamedRef):
    channel: str


class ContactCard(NamedRef):
    company: str | None


class Answer(BaseModel):
    """What the flow asked and heard."""

    label: str
    value: str


class KeptPromise(BaseModel):
    """The customer asked to be called back, then; nobody is on the line yet."""

    id: UUID
    asked_at: datetime
    attempts: int
    note: str


class AssignmentView(BaseModel):
    """One contact of the agent: offered, in work, or being wrapped up. `offered_by`: the colleague who hands it over, or
    (`party`) asks for help with what stays theirs. `handing_to`: the colleague to whom the agent has offered it."""

    id: UUID
    interaction_id: UUID
    user_id: UUID
    state: Annotated[str, one_of("offered", "accepted", "wrap_up", "done")]
    outcome: str | None
    channel: str
    direction: Annotated[str, one_of("inbound", "outbound", "internal")]
    queue: NamedRef | None
    contact: ContactCard | None
    candidates: list[NamedRef]
    number: conversations.CustomerNumber | None
    peer_name: str
    peer_verified: bool
    offered_at: datetime
    expires_at: datetime | None
    accepted_at: datetime | None
    waited_s: float
    wrap_up_ends_at: datetime | None
    flow_answers: list[Answer]
    call_id: UUID | None
    auto_answer: bool
    party: bool
    offered_by: NamedRef | None
    handing_to: NamedRef | None
    disposition_id: UUID | None
    no_consequence: bool
    work: conversations.Work | None
    ending: conversations.Ending | None
    note: str
    callback: KeptPromise | None
    thread: conversations.ThreadBrief | None
    priority: int
    skills: list[str]
    version: int


class AssignmentRemoved(BaseModel):
    """A contact that is no longer on the agent's list, and why."""

    id: UUID
    interaction_id: UUID
    why: Annotated[
        str,
        one_of("answered_elsewhere", "expired", "caller_hung_up", "declined", "phone_unreachable", "done"),
    ]


class WorkspaceView(BaseModel):
    """Everything the workspace needs at once; `seq` is where its events begin."""

    seq: str
    presence: people.PresenceView
    assignments: list[AssignmentView]
    call: Any


def _work_of(direction: str, called_back: bool) -> conversations.Work | None:
    if called_back:
        return conversations.Work.CALLBACK
    return conversations.Work(direction) if direction != "internal" else None


def _caller(row: AssignmentRow, interaction: conversations.InteractionRow) -> UUID | None:
    """The colleague on the other side, where it is this agent who was called: the number that was dialled is their own."""
    called = row.party and row.offered_by is None and interaction.direction == "internal"
    return interaction.user_id if called else None


async def _handed(tx: Transaction, rows: list[AssignmentRow]) -> dict[UUID, UUID]:
    """To which colleague each of these is being handed over just now."""
    offers = await conversations.Assignments(tx).handed_over([row.interaction_id for row in rows])
    given = {(offer.interaction_id, offer.offered_by): offer.user_id for offer in offers}
    return {row.id: given[key] for row in rows if (key := (row.interaction_id, row.user_id)) in given}


async def assignment_views(
    tx: Transaction, adapters: ChannelAdapters, rows: list[AssignmentRow]
) -> list[AssignmentView]:
    """Assignments as their cards; a handful of statements however many there are."""
    if not rows:
        return []
    interactions = {
        row.id: row for row in await conversations.Interactions(tx).get([row.interaction_id for row in rows])
    }
    contacts = await crm.contact_refs(tx, [row.contact_id for row in interactions.values() if row.contact_id])
    queues = await queue_names(tx, [row.queue_id for row in rows if row.queue_id])
    entries = {entry.interaction_id: entry for entry in await Entries(tx).load(list(interactions))}
    outbound = [
        one.id for one in interactions.values() if one.conversation_id and one.direction == "outbound"
    ]
    promised = {
        row.interaction_id: KeptPromise(
            id=row.id, asked_at=row.asked_at, attempts=row.attempts, note=row.note
        )
        for row in (await Callbacks(tx).of_interactions(outbound) if outbound else [])
    }
    threads = await conversations.thread_briefs(
        tx, [one.conversation_id for one in interactions.values() if one.conversation_id]
    )
    references: dict[UUID, UUID] = {}
    for adapter in adapters.all().values():
        references |= await adapter.references(tx, list(interactions))
    callers = {row.id: _caller(row, interactions[row.interaction_id]) for row in rows}
    handed = await _handed(tx, [row for row in rows if row.state == "accepted" and not row.party])
    askers = {row.offered_by for row in rows if row.offered_by} | {one for one in callers.values() if one}
    askers |= set(handed.values())
    names = {one.id: one.name for one in await people.list_people(tx, list(askers))} if askers else {}
    open_to_picks = {row.interaction_id for row in rows if row.state != "done"}
    peers = {one.peer for one in interactions.values() if one.peer is not None and one.id in open_to_picks}
    sharing = await crm.sharing_numbers(tx, sorted(peers))
    views: list[AssignmentView] = []
    for row in rows:
        interaction = interactions[row.interaction_id]
        card = contacts.get(interaction.contact_id) if interaction.contact_id else None
        shared = sharing.get(interaction.peer or "", [])
        # Also once somebody is picked: a wrong pick is changed by another.
        candidates = (
            [NamedRef(id=one.id, name=one.name) for one in shared] if len(shared) > 1 or not card else []
        )
        entry, caller = entries.get(interaction.id), callers[row.id]
        waited = interaction.wait_s
        if row.state == "offered" and interaction.queued_at is not None:
            waited += max(0.0, (row.offered_at - interaction.queued_at).total_seconds())
        views.append(
            AssignmentView(
                id=row.id,
                interaction_id=row.interaction_id,
                user_id=row.user_id,
                state=row.state,
                outcome=row.outcome,
                channel=interaction.channel,
                direction=interaction.direction,
                queue=NamedRef(id=row.queue_id, name=queues.get(row.queue_id, "")) if row.queue_id else None,
                contact=ContactCard(id=card.id, name=card.name, company=card.company) if card else None,
                candidates=candidates,
                number=None if caller else conversations.customer_number(interaction),
                peer_name=names.get(caller, "") if caller else interaction.peer_name,
                peer_verified=interaction.peer_verified,
                offered_at=row.offered_at,
                expires_at=row.expires_at,
                accepted_at=row.accepted_at,
                waited_s=round(waited, 3),
                wrap_up_ends_at=row.wrap_up_ends_at,
                flow_answers=[Answer.model_validate(item) for item in interaction.flow_answers],
                call_id=references.get(interaction.id),
                auto_answer=row.auto_answer,
                party=row.party,
                offered_by=NamedRef(id=row.offered_by, name=names.get(row.offered_by, ""))
                if row.offered_by
                else None,
                handing_to=NamedRef(id=handed[row.id], name=names.get(handed[row.id], ""))
                if row.id in handed
                else None,
                disposition_id=row.disposition_id,
                no_consequence=row.no_consequence,
                work=_work_of(interaction.direction, interaction.id in promised),
                ending=conversations.ending_of(interaction.direction, interaction.result, interaction.cause),
                note=row.note,
                callback=promised.get(interaction.id),
                thread=threads.get(interaction.conversation_id) if interaction.conversation_id else None,
                priority=entry.priority if entry else 0,
                skills=[],
                version=row.version,
            )
        )
    return views


async def workspace(tx: Transaction, adapters: ChannelAdapters, user_id: UUID, seq: str) -> WorkspaceView:
    """The agent's workspace now."""
    rows = await conversations.Assignments(tx).open_of_user(user_id)
    voice = adapters.all().get("voice")
    return WorkspaceView(
        seq=seq,
        presence=await people.presence_view(tx, user_id),
        assignments=await assignment_views(tx, adapters, rows),
        call=await voice.at_hand(tx, user_id) if voice else None,
    )
