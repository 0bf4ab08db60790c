"""Routes of the agent's workspace: what is offered to me, what I work on, and finishing it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, ChannelAdapters
from tongdai.people import public as people
from tongdai.platform.auth import Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound, StaleVersion, invalid_field
from tongdai.platform.http import Me, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.routing import service, views
from tongdai.routing.consequences import DoNotCallPort, take_effect
from tongdai.routing.errors import WrapUpFull
from tongdai.routing.known import rules_in_use
from tongdai.routing.policies import more_wrap_up
from tongdai.routing.repository import Queues

router = APIRouter(prefix="/api/v1", tags=["workspace"])

TAKE = "calls.take"
MAX_EXTENSIONS_S = 900


class Decline(BaseModel):
    reason: Annotated[str | None, Field(max_length=200)] = None


class PickContact(BaseModel):
    contact_id: UUID | None


class Draft(BaseModel):
    """Saved as typed. `version` None overwrites whatever is there (one agent, one card)."""

    note: Annotated[str | None, Field(max_length=20_000)] = None
    disposition_id: UUID | None = None
    no_consequence: bool | None = None
    version: int | None = None


class Extend(BaseModel):
    seconds: Annotated[float, Field(ge=5, le=MAX_EXTENSIONS_S)] = 30


class Done(BaseModel):
    disposition_id: UUID | None = None
    note: Annotated[str | None, Field(max_length=20_000)] = None
    no_consequence: bool | None = None
    """The result does nothing besides, this time."""
    callback_at: AwareDatetime | None = None
    """When I call again, where the result promises that."""
    then: Literal["ready", "not_ready", "stay"] = "stay"
    reason_id: UUID | None = None


@router.get("/workspace")
async def get_workspace(me: Me, tx: Tx, runtime: RuntimeOf) -> views.WorkspaceView:
    """My presence, my contacts, my call; subscribe with its `seq`."""
    me.reach(TAKE)
    return await views.workspace(tx, runtime.registry.ensure(ChannelAdapters), me.user_id, runtime.hub.seq)


async def _mine(tx: Transaction, me: Principal, assignment_id: UUID) -> AssignmentRow:
    """My assignment, locked after its interaction. Raises NotFound for other people's."""
    me.reach(TAKE)
    found = await conversations.Assignments(tx).get([assignment_id])
    if not found or found[0].user_id != me.user_id:
        raise NotFound("There is no such contact of yours.")
    await conversations.lock(tx, found[0].interaction_id)
    return await conversations.lock_assignment(tx, assignment_id)


async def _view(tx: Transaction, runtime: Runtime, assignment_id: UUID) -> views.AssignmentView:
    rows = await conversations.Assignments(tx).get([assignment_id])
    return (await views.assignment_views(tx, runtime.registry.ensure(ChannelAdapters), rows))[0]


@router.post("/assignments/{assignment_id}/accept")
async def post_accept(assignment_id: UUID, me: Me, runtime: RuntimeOf) -> views.AssignmentView:
    """Take the offer. On the phone the device's own answering is what connects; this tells the intent and checks it."""
    scope = Scope(me.tenant_id, me.user_id)
    async with runtime.database.transaction(scope) as tx:
        row = await _mine(tx, me, assignment_id)
        if row.state not in ("offered", "accepted"):
            raise service.OfferGone()
        view = await _view(tx, runtime, assignment_id)
    channel = runtime.registry.ensure(ChannelAdapters).get(view.channel)
    await channel.take(assignment_id, me)
    if channel.capabilities.rings:
        return view
    async with runtime.database.transaction(scope) as tx:
        return await _view(tx, runtime, assignment_id)


@router.post("/assignments/{assignment_id}/decline", status_code=204)
async def post_decline(assignment_id: UUID, body: Decline, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Let it go to somebody else."""
    row = await _mine(tx, me, assignment_id)
    if row.state != "offered":
        raise service.OfferGone()
    await service.pass_over(tx, assignment_id, "declined", runtime.clock.now(), body.reason)


@router.post("/assignments/{assignment_id}/contact")
async def post_contact(
    assignment_id: UUID, body: PickContact, me: Me, tx: Tx, runtime: RuntimeOf
) -> views.AssignmentView:
    """Say who is calling, when several people share the number; said again, it replaces what was said. Null: nobody yet."""
    row = await _mine(tx, me, assignment_id)
    if row.state == "done":
        raise conversations.NotInState()
    if body.contact_id is not None and not await conversations.contact_exists(tx, body.contact_id):
        raise invalid_field("contact_id", "There is no such contact; search for it again.", "choose")
    interaction = await conversations.lock(tx, row.interaction_id)
    await conversations.identify(tx, interaction, body.contact_id, runtime.clock.now())
    await conversations.edit(tx, row)
    return await _view(tx, runtime, assignment_id)


@router.put("/assignments/{assignment_id}/notes")
async def put_notes(
    assignment_id: UUID, body: Draft, me: Me, tx: Tx, runtime: RuntimeOf
) -> views.AssignmentView:
    """Save notes and result as they are typed."""
    row = await _mine(tx, me, assignment_id)
    if row.state == "done":
        raise conversations.NotInState()
    if body.version is not None and body.version != row.version:
        current = await _view(tx, runtime, assignment_id)
        raise StaleVersion(current=current.model_dump(mode="json"))
    await _check_disposition(tx, body.disposition_id)
    await conversations.edit(
        tx,
        row,
        note=body.note,
        disposition_id=body.disposition_id,
        no_consequence=body.no_consequence,
    )
    return await _view(tx, runtime, assignment_id)


@router.post("/assignments/{assignment_id}/wrap-up/extend")
async def post_extend(
    assignment_id: UUID, body: Extend, me: Me, tx: Tx, runtime: RuntimeOf
) -> views.AssignmentView:
    """More time for the wrap-up."""
    row = await _mine(tx, me, assignment_id)
    seconds = body.seconds
    rules = await rules_in_use(tx, row.queue_id)
    if rules is not None and row.wrap_up_at is not None and row.wrap_up_ends_at is not None:
        used = (row.wrap_up_ends_at - row.wrap_up_at).total_seconds()
        seconds = more_wrap_up(body.seconds, used, rules.wrap_up_max_s)
        if seconds <= 0:
            raise WrapUpFull()
    await conversations.extend_wrap_up(tx, row, seconds)
    return await _view(tx, runtime, assignment_id)


@router.post("/assignments/{assignment_id}/done", status_code=204)
async def post_done(assignment_id: UUID, body: Done, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Finish the wrap-up: the result is stored, and the agent is ready, or takes a break."""
    row = await _mine(tx, me, assignment_id)
    if row.state != "wrap_up":
        raise conversations.NotInState()
    await _check_forced(tx, row, body.disposition_id)
    await _check_disposition(tx, body.disposition_id, note=body.note if body.note is not None else row.note)
    typed = (body.note, body.disposition_id, body.no_consequence)
    if any(part is not None for part in typed):
        row = await conversations.edit(
            tx, row, note=typed[0], disposition_id=typed[1], no_consequence=typed[2]
        )
    at = runtime.clock.now()
    await _consequence(tx, runtime, row, body.callback_at)
    if body.then == "ready":
        await people.choose(tx, me.user_id, people.Chosen.READY, None, at)
    elif body.then == "not_ready":
        await people.choose(tx, me.user_id, people.Chosen.NOT_READY, body.reason_id, at)
    await service.finish(tx, row, at)


async def _consequence(
    tx: Transaction, runtime: Runtime, row: AssignmentRow, callback_at: datetime | None
) -> None:
    rule = await conversations.disposition_rule(tx, row.disposition_id) if row.disposition_id else None
    wanted = rule is not None and rule.consequence == "callback" and not row.no_consequence
    if wanted and callback_at is None and (await conversations.lock(tx, row.interaction_id)).peer is not None:
        raise invalid_field("callback_at", "Say when you will call.", "required")
    port = runtime.registry.ensure(DoNotCallPort)
    await take_effect(tx, port, row, rule, runtime.clock.now(), callback_at)


async def _check_forced(tx: Transaction, row: AssignmentRow, disposition_id: UUID | None) -> None:
    """A forced wrap-up ends with a result, where the queue has any."""
    rules = await rules_in_use(tx, row.queue_id)
    if rules is None or not rules.wrap_up_forced or disposition_id or row.disposition_id:
        return
    if await conversations.dispositions(tx, rules.id, "en"):
        raise invalid_field("disposition_id", "Choose a result first.", "result")


async def _check_disposition(
    tx: Transaction, disposition_id: UUID | None, *, note: str | None = None
) -> None:
    if disposition_id is None:
        return
    found = await conversations.disposition_rule(tx, disposition_id)
    if found is None:
        raise invalid_field("disposition_id", "There is no such result; choose one from the list.", "choose")
    if note is not None and found.requires_note and not note.strip():
        raise conversations.DispositionNeedsNote(errors=[conversations.NOTE_FIELD])


@router.get("/queue-names")
async def get_queue_names(me: Me, tx: Tx) -> list[views.QueueName]:
    """Queues for pickers and filters."""
    rules = await Queues(tx).rules()
    return [views.QueueName(id=one.id, name=one.name, channel=one.channel) for one in rules]
