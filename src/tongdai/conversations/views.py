"""What screens show of interactions."""

from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tongdai.conversations.figures import Span, Worked, clipped, figures
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.conversations.schemas import (
    CustomerNumber,
    DispositionView,
    EventView,
    FlowAnswer,
    InteractionRowView,
    InteractionView,
    MyDay,
    MyDaySegment,
    ResultCount,
    SegmentView,
)
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import ContactRef, contact_refs
from tongdai.kit.phone import is_withheld, national_format
from tongdai.people.public import agent_spans, list_people
from tongdai.platform.database import Transaction
from tongdai.platform.http import Ref

_LABEL = "coalesce(d.label ->> %(locale)s, d.label ->> 'en', d.code)"


def customer_number(row: InteractionRow) -> CustomerNumber | None:
    """The customer's number; None when it was withheld, and of who has an e-mail address instead."""
    if row.peer is not None:
        return CustomerNumber(e164=row.peer, national=national_format(row.peer))
    return (
        None
        if is_withheld(row.peer_raw) or "@" in row.peer_raw
        else CustomerNumber(e164=row.peer_raw, national=None)
    )


async def listed(
    tx: Transaction, rows: list[InteractionRow], sources: InteractionSources, locale: str
) -> list[InteractionRowView]:
    """Rows of the log with their names, in the given order."""
    contacts = await contact_refs(tx, list({row.contact_id for row in rows if row.contact_id}))
    users = {one.id: one.name for one in await list_people(tx, list({r.user_id for r in rows if r.user_id}))}
    queues = await sources.queue_names(tx, {row.queue_id for row in rows if row.queue_id})
    recorded = await sources.with_recording(tx, [row.id for row in rows])
    labels = await _labels(tx, {row.disposition_id for row in rows if row.disposition_id}, locale)
    return [
        InteractionRowView(
            id=row.id,
            channel=row.channel,
            direction=row.direction,
            started_at=row.started_at,
            contact=_contact(contacts, row.contact_id),
            number=customer_number(row),
            peer_name=row.peer_name,
            peer_verified=row.peer_verified,
            queue=_ref(row.queue_id, queues),
            agent=_ref(row.user_id, users),
            result=row.result,
            wait_s=row.wait_s,
            talk_s=row.talk_s,
            hold_s=row.hold_s,
            wrap_up_s=row.wrap_up_s,
            hung_up_by=row.hung_up_by,
            cause=row.cause,
            has_recording=row.id in recorded,
            disposition=labels.get(row.disposition_id) if row.disposition_id else None,
        )
        for row in rows
    ]


def _ref(thing: UUID | None, names: dict[UUID, str]) -> Ref | None:
    return Ref(id=thing, name=names.get(thing, "")) if thing else None


def _contact(refs: dict[UUID, ContactRef], contact_id: UUID | None) -> Ref | None:
    known = refs.get(contact_id) if contact_id else None
    return Ref(id=known.id, name=known.name) if known else None


async def _labels(tx: Transaction, ids: set[UUID], locale: str) -> dict[UUID, str]:
    if not ids:
        return {}
    return dict(
        await tx.fetch_tuples(
            f"SELECT d.id, {_LABEL} FROM dispositions d WHERE d.tenant_id = %(tenant)s AND d.id = ANY(%(ids)s)",
            {"ids": list(ids), "locale": locale},
        )
    )


async def detail(
    tx: Transaction, row: InteractionRow, sources: InteractionSources, locale: str
) -> InteractionView:
    """All about one interaction."""
    (listed_row,) = await listed(tx, [row], sources, locale)
    notes = await tx.fetch_tuples(
        "SELECT note FROM assignments WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s AND note <> ''"
        " ORDER BY offered_at",
        {"id": row.id},
    )
    told = await tx.fetch_tuples(
        "SELECT at, type FROM event_log WHERE tenant_id = %(tenant)s AND aggregate_id = %(id)s AND at >= %(since)s"
        " ORDER BY aggregate_version",
        {"id": row.id, "since": row.started_at},
    )
    more: dict[str, Any] = await sources.details(tx, row.id)
    return InteractionView(
        **listed_row.model_dump(),
        conversation_id=row.conversation_id,
        segments=await _segments(tx, row, sources),
        notes="\n".join(note for (note,) in notes),
        disposition_id=row.disposition_id,
        flow_answers=[FlowAnswer.model_validate(answer) for answer in row.flow_answers],
        events=[EventView(at=at, type=kind.rpartition(".")[2]) for at, kind in told],
        version=row.version,
        **more,
    )


async def _segments(tx: Transaction, row: InteractionRow, sources: InteractionSources) -> list[SegmentView]:
    found = await tx.fetch_tuples(
        "SELECT kind, participant, started_at, ended_at, queue_id, user_id FROM interaction_segments"
        " WHERE tenant_id = %(tenant)s AND interaction_id = %(id)s ORDER BY started_at, ended_at, id",
        {"id": row.id},
    )
    if row.state != "closed":
        found.append((row.phase, "customer", row.phase_since, None, row.queue_id, row.user_id))
    queues = await sources.queue_names(tx, {one[4] for one in found if one[4]})
    users = {one.id: one.name for one in await list_people(tx, list({r[5] for r in found if r[5]}))}
    return [
        SegmentView(
            kind=kind,
            participant=participant,
            start=start,
            end=end,
            queue=_ref(queue_id, queues),
            user=_ref(user_id, users),
        )
        for kind, participant, start, end, queue_id, user_id in found
    ]


async def my_day(tx: Transaction, user_id: UUID, time_zone: str, locale: str, now: datetime) -> MyDay:
    """The agent's own figures since midnight."""
    zone = ZoneInfo(time_zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    spans = [
        Span(state, start, end, reason)
        for state, start, end, reason in await agent_spans(tx, user_id, midnight, locale)
    ]
    worked = [
        Worked(interaction_id, kind, start, end or now, internal)
        for interaction_id, kind, start, end, internal in await Interactions(tx).worked_by(
            user_id, midnight, now
        )
    ]
    missed = await Interactions(tx).missed_by(user_id, midnight)
    computed = asdict(figures(spans, worked, missed, midnight, now))
    return MyDay(
        figures={name: value for name, value in computed.items() if value is not None},
        segments=[
            MyDaySegment(state=span.state, reason=span.reason, start=span.start, end=span.end)
            for span in clipped(spans, midnight, now)
        ],
        results=await tx.fetch_all(
            ResultCount,
            f"SELECT d.id, {_LABEL} AS label, count(*)::int AS count FROM assignments a JOIN dispositions d"
            " ON (d.tenant_id, d.id) = (a.tenant_id, a.disposition_id) WHERE a.tenant_id = %(tenant)s"
            " AND a.user_id = %(user)s AND a.offered_at >= %(since)s AND a.state = 'done' AND NOT a.party"
            " GROUP BY d.tenant_id, d.id ORDER BY count(*) DESC, d.position LIMIT 50",
            {"user": user_id, "since": midnight, "locale": locale},
        ),
    )


async def dispositions(tx: Transaction, queue_id: UUID | None, locale: str) -> list[DispositionView]:
    """The tree as agents see it: what is archived is gone with everything under it, and so is what is for other queues."""
    rows = await tx.fetch_all(
        DispositionView,
        f"SELECT d.id, {_LABEL} AS label, d.parent_id, d.code, d.requires_note, d.work, d.suggested_for,"
        " d.consequence, d.consequence_days FROM dispositions d"
        " WHERE d.tenant_id = %(tenant)s AND NOT d.archived AND (%(queue)s::text IS NULL"
        " OR d.queue_ids = '[]' OR d.queue_ids ? %(queue)s::text) ORDER BY d.position, d.code",
        {"locale": locale, "queue": str(queue_id) if queue_id else None},
    )
    kept: dict[UUID, DispositionView] = {}
    while len(kept) != len(grown := {r.id: r for r in rows if r.parent_id is None or r.parent_id in kept}):
        kept = grown
    return [row for row in rows if row.id in kept]
