"""Use cases: interactions and assignments move, leaving segments and facts behind."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongdai.conversations.assignments import AssignmentRow, Assignments
from tongdai.conversations.errors import NotInState
from tongdai.conversations.events import (
    AssignmentAccepted,
    AssignmentDone,
    AssignmentEdited,
    AssignmentFact,
    AssignmentOffered,
    InteractionClosed,
    InteractionConnected,
    InteractionFact,
    InteractionHeld,
    InteractionMoved,
    InteractionQueued,
    InteractionResumed,
    InteractionStarted,
    WrapUpStarted,
)
from tongdai.conversations.policies import STATE_OF, ClosedSegment, Course, Phase, State, move, result_of
from tongdai.conversations.repository import DispositionRule, InteractionRow, Interactions
from tongdai.platform.database import Transaction
from tongdai.platform.errors import FieldError, NotFound


@dataclass(frozen=True, slots=True)
class NewInteraction:
    """What is known of an interaction when it begins."""

    id: UUID
    channel: str
    direction: str
    started_at: datetime
    peer_raw: str
    peer: str | None = None
    peer_name: str = ""
    peer_verified: bool = False
    """The channel has proof of who it is."""
    own_address: str = ""
    project_id: UUID | None = None
    contact_id: UUID | None = None
    user_id: UUID | None = None
    """Who of ours calls: theirs also if nobody answers."""
    language: str | None = None
    conversation_id: UUID | None = None
    flow_answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


NOTE_FIELD = FieldError("note", "This result needs a note: say in a few words what happened.")


async def contact_exists(tx: Transaction, contact_id: UUID) -> bool:
    """Whether a contact can be given to an interaction."""
    return await Interactions(tx).contact_exists(contact_id)


async def disposition_rule(tx: Transaction, disposition_id: UUID) -> DispositionRule | None:
    """What a result asks for; None when it is unknown or archived."""
    return await Interactions(tx).disposition(disposition_id)


async def start(tx: Transaction, new: NewInteraction) -> InteractionRow:
    """Begin an interaction, in the flow."""
    row = InteractionRow(
        id=new.id,
        conversation_id=new.conversation_id,
        project_id=new.project_id,
        contact_id=new.contact_id,
        channel=new.channel,
        direction=new.direction,
        state=State.IN_FLOW,
        phase=Phase.FLOW,
        phase_since=new.started_at,
        peer_raw=new.peer_raw,
        peer=new.peer,
        peer_name=new.peer_name,
        peer_verified=new.peer_verified,
        own_address=new.own_address,
        queue_id=None,
        user_id=new.user_id,
        language=new.language,
        priority=0,
        started_at=new.started_at,
        queued_at=None,
        connected_at=None,
        closed_at=None,
        wait_s=0.0,
        talk_s=0.0,
        hold_s=0.0,
        wrap_up_s=0.0,
        result=None,
        hung_up_by=None,
        cause=None,
        disposition_id=None,
        flow_answers=new.flow_answers,
        version=1,
    )
    await Interactions(tx).add(row)
    tx.emit(_fact(InteractionStarted, row, new.started_at))
    return row


async def lock(tx: Transaction, interaction_id: UUID) -> InteractionRow:
    """The interaction, locked until the transaction ends. Raises NotFound."""
    row = await Interactions(tx).lock(interaction_id)
    if row is None:
        raise NotFound("There is no such contact.")
    return row


async def enter(
    tx: Transaction,
    row: InteractionRow,
    to: Phase,
    at: datetime,
    *,
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    flow_answers: list[dict[str, Any]] | None = None,
) -> InteractionRow:
    """Move a locked interaction into a phase. Entering the phase it is in already changes nothing."""
    if row.phase == to and to is not Phase.WAIT:
        return row
    after, segment = _moved(row, to, at, queue_id, user_id)
    after = replace(after, flow_answers=flow_answers if flow_answers is not None else row.flow_answers)
    await _save(tx, after, segment)
    match to:
        case Phase.WAIT:
            tx.emit(_fact(InteractionQueued, after, at))
        case Phase.TALK if row.phase == Phase.HOLD:
            tx.emit(_fact(InteractionResumed, after, at))
        case Phase.TALK:
            tx.emit(_fact(InteractionConnected, after, at, waited_s=after.wait_s))
        case Phase.HOLD:
            tx.emit(_fact(InteractionHeld, after, at))
        case _:
            tx.emit(_fact(InteractionMoved, after, at))
    return after


async def hand_over(
    tx: Transaction, row: InteractionRow, at: datetime, user_id: UUID | None
) -> InteractionRow:
    """The customer of a locked interaction goes on with another agent (None: with somebody outside)."""
    after, segment = _moved(row, Phase.TALK, at, user_id=user_id, new_hands=True)
    await _save(tx, after, segment)
    tx.emit(_fact(InteractionMoved, after, at))
    return after


async def close(
    tx: Transaction,
    row: InteractionRow,
    at: datetime,
    *,
    hung_up_by: str,
    cause: str | None = None,
    short_abandon_s: float = 0.0,
    left_voicemail: bool = False,
    result: str | None = None,
) -> InteractionRow:
    """End a locked interaction. Ending it twice changes nothing."""
    if row.state == State.CLOSED:
        return row
    in_queue = row.phase == Phase.WAIT
    after, segment = _moved(row, Phase.ENDED, at)
    ended = replace(_course(row), wait_s=after.wait_s)
    if result is None and row.connected_at is None:
        result = row.result  # a callback was promised
    called = row.direction != "inbound"
    result = result or result_of(ended, short_abandon_s, left_voicemail=left_voicemail, called=called)
    after = replace(after, closed_at=at, result=result, hung_up_by=hung_up_by, cause=cause)
    await _save(tx, after, segment)
    tx.emit(
        _fact(InteractionClosed, after, at, result=result, waited_s=after.wait_s, abandoned_in_queue=in_queue)
    )
    return after


async def identify(
    tx: Transaction, row: InteractionRow, contact_id: UUID | None, at: datetime, *, verified: bool = False
) -> InteractionRow:
    """Say whose interaction this is. `verified`: the channel has proof of it."""
    after = replace(row, contact_id=contact_id, peer_verified=verified, version=row.version + 1)
    await Interactions(tx).save(after)
    tx.emit(_fact(InteractionMoved, after, at))
    return after


async def offer(tx: Transaction, row: AssignmentRow) -> None:
    """Present an interaction to an agent."""
    await Assignments(tx).add(row)
    tx.emit(
        _about(
            AssignmentOffered,
            row,
            round_id=row.round_id,
            expires_at=row.expires_at,
            auto_answer=row.auto_answer,
        )
    )


async def lock_assignment(tx: Transaction, assignment_id: UUID) -> AssignmentRow:
    """The assignment, locked until the transaction ends. Raises NotFound."""
    row = await Assignments(tx).lock(assignment_id)
    if row is None:
        raise NotFound("There is no such offer.")
    return row


async def accept(tx: Transaction, row: AssignmentRow, at: datetime) -> AssignmentRow:
    """The agent takes an offer. Raises NotInState unless it is open."""
    if row.state != "offered":
        raise NotInState()
    after = await _keep(tx, replace(row, state="accepted", accepted_at=at), AssignmentAccepted)
    await _agent_segment(tx, after, "ring", row.offered_at, at)
    return after


async def end_offer(
    tx: Transaction, row: AssignmentRow, outcome: str, at: datetime, decline_reason: str | None = None
) -> AssignmentRow:
    """An offer ended without being taken."""
    after = replace(row, state="done", outcome=outcome, done_at=at, decline_reason=decline_reason)
    after = replace(after, version=row.version + 1)
    await Assignments(tx).save(after)
    await _agent_segment(tx, after, "ring", row.offered_at, at)
    tx.emit(_about(AssignmentDone, after, outcome=outcome))
    return after


async def start_wrap_up(
    tx: Transaction, row: AssignmentRow, seconds: float | None, at: datetime
) -> AssignmentRow:
    """The customer is gone: after-contact work begins, for `seconds` unless extended; None: until the agent ends it."""
    if row.state != "accepted":
        raise NotInState()
    ends = None if seconds is None else at + timedelta(seconds=seconds)
    return await _keep(tx, replace(row, state="wrap_up", wrap_up_at=at, wrap_up_ends_at=ends), WrapUpStarted)


async def resume(tx: Transaction, row: AssignmentRow, at: datetime) -> AssignmentRow:
    """The customer is back before the wrap-up was over: the agent works on."""
    if row.state != "wrap_up" or row.wrap_up_at is None:
        raise NotInState()
    await _agent_segment(tx, row, "wrap_up", row.wrap_up_at, at)
    again = replace(row, state="accepted", wrap_up_at=None, wrap_up_ends_at=None)
    return await _keep(tx, again, AssignmentAccepted)


async def extend_wrap_up(tx: Transaction, row: AssignmentRow, seconds: float) -> AssignmentRow:
    """Give the agent more time."""
    if row.state != "wrap_up" or row.wrap_up_ends_at is None:
        raise NotInState()
    ends = row.wrap_up_ends_at + timedelta(seconds=seconds)
    return await _keep(tx, replace(row, wrap_up_ends_at=ends), AssignmentEdited)


async def take_over(
    tx: Transaction, row: AssignmentRow, queue_id: UUID | None, at: datetime
) -> AssignmentRow:
    """Who was called in has the customer now: the contact is theirs, with the wrap-up of its queue. The one who had it must
    have ended their part before."""
    if row.party and row.accepted_at is not None:
        await _agent_segment(tx, row, "help", row.accepted_at, at)
    return await _keep(tx, replace(row, party=False, queue_id=queue_id), AssignmentEdited)


async def edit(
    tx: Transaction,
    row: AssignmentRow,
    *,
    note: str | None = None,
    disposition_id: UUID | None = None,
    no_consequence: bool | None = None,
) -> AssignmentRow:
    """Save notes and the result as they are typed."""
    typed = {"note": note, "disposition_id": disposition_id, "no_consequence": no_consequence}
    changed = replace(row, **{name: value for name, value in typed.items() if value is not None})
    return await _keep(tx, changed, AssignmentEdited)


async def finish(
    tx: Transaction, row: AssignmentRow, at: datetime, outcome: str = "completed"
) -> AssignmentRow:
    """The agent's part is over."""
    if row.state not in ("accepted", "wrap_up"):
        raise NotInState()
    after = replace(row, state="done", outcome=outcome, done_at=at, version=row.version + 1)
    await Assignments(tx).save(after)
    wrap_up = max(0.0, (at - row.wrap_up_at).total_seconds()) if row.wrap_up_at else 0.0
    if wrap_up or row.disposition_id is not None:
        await Interactions(tx).add_wrap_up_time(row.interaction_id, wrap_up, row.disposition_id)
    if row.wrap_up_at is not None:
        await _agent_segment(tx, after, "wrap_up", row.wrap_up_at, at)
    if row.party and row.accepted_at is not None:
        await _agent_segment(tx, after, "help", row.accepted_at, row.wrap_up_at or at)
    busy = (at - row.accepted_at).total_seconds() if row.accepted_at else 0.0
    tx.emit(_about(AssignmentDone, after, outcome=outcome, busy_s=max(0.0, busy)))
    return after


def _course(row: InteractionRow) -> Course:
    return Course(
        Phase(row.phase),
        row.phase_since,
        row.queue_id,
        row.user_id,
        row.queued_at,
        row.connected_at,
        row.wait_s,
        row.talk_s,
        row.hold_s,
    )


def _moved(
    row: InteractionRow,
    to: Phase,
    at: datetime,
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    *,
    new_hands: bool = False,
) -> tuple[InteractionRow, ClosedSegment | None]:
    try:
        course, segment = move(_course(row), to, at, queue_id=queue_id, user_id=user_id, new_hands=new_hands)
    except ValueError as error:
        raise NotInState() from error
    after = replace(
        row,
        state=STATE_OF[course.phase],
        phase=course.phase,
        phase_since=course.phase_since,
        queue_id=course.queue_id,
        user_id=course.user_id,
        queued_at=course.queued_at,
        connected_at=course.connected_at,
        wait_s=course.wait_s,
        talk_s=course.talk_s,
        hold_s=course.hold_s,
        version=row.version + 1,
    )
    return after, segment


async def _save(tx: Transaction, row: InteractionRow, segment: ClosedSegment | None) -> None:
    await Interactions(tx).save(row)
    if segment is not None:
        await Interactions(tx).add_segments(row.id, row.project_id, "customer", [segment])


async def _agent_segment(
    tx: Transaction, row: AssignmentRow, kind: str, start: datetime, end: datetime
) -> None:
    segment = ClosedSegment(kind, row.queue_id, row.user_id, start, max(start, end))
    await Interactions(tx).add_segments(row.interaction_id, None, "agent", [segment])


async def _keep(tx: Transaction, row: AssignmentRow, fact: type[AssignmentFact]) -> AssignmentRow:
    after = replace(row, version=row.version + 1)
    await Assignments(tx).save(after)
    tx.emit(_about(fact, after))
    return after


def _fact(kind: type[InteractionFact], row: InteractionRow, at: datetime, **more: Any) -> InteractionFact:
    return kind(
        aggregate_id=row.id,
        aggregate_version=row.version,
        at=at,
        channel=row.channel,
        direction=row.direction,
        phase=row.phase,
        project_id=row.project_id,
        queue_id=row.queue_id,
        user_id=row.user_id,
        contact_id=row.contact_id,
        **more,
    )


def _about(kind: type[AssignmentFact], row: AssignmentRow, **more: Any) -> AssignmentFact:
    return kind(
        aggregate_id=row.id,
        aggregate_version=row.version,
        interaction_id=row.interaction_id,
        user_id=row.user_id,
        queue_id=row.queue_id,
        **more,
    )
