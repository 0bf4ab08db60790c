"""Routes of the interaction log, one's own day, and result codes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from tongdai.conversations import dispositions, log, notes, views
from tongdai.conversations.dispositions import DISPOSITIONS
from tongdai.conversations.policies import Result
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.conversations.schemas import (
    Disposition,
    DispositionChange,
    DispositionIn,
    DispositionView,
    InteractionRowView,
    InteractionView,
    MyDay,
    NotesIn,
)
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import group_of, search_contact_ids
from tongdai.kit.phone import number_fragment, whole_number
from tongdai.people.public import Reader, reader_of, team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, listed
from tongdai.tenancy.public import country_of

router = APIRouter(prefix="/api/v1", tags=["conversations"])
SEE = "interactions.see"
EDIT = "dispositions.edit"


@router.get("/interactions")
async def list_interactions(
    me: Me,
    tx: Tx,
    asked: Asked,
    runtime: RuntimeOf,
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
    queue_id: UUID | None = None,
    user_id: UUID | None = None,
    contact_id: UUID | None = None,
    direction: Literal["inbound", "outbound", "internal"] | None = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    result: Result | None = None,
    disposition_id: UUID | None = None,
    min_talk_s: Annotated[float | None, Query(ge=0, le=1e6)] = None,
    recording: Literal["recorded", "held"] | None = None,
) -> Page[InteractionRowView]:
    """Closed interactions within reach, newest first. `from` and `to` are instants or whole days of the reader's own time
    zone (`to` included); `q` finds parts of a number or of a contact's name;
    `recording` what can be listened to, or what of it is under legal hold."""
    reach = me.reach(SEE)
    reader = await reader_of(tx, me.user_id)
    fragment = number_fragment(asked.q) if asked.q else None
    whole = whole_number(asked.q, await country_of(tx)) if fragment else None
    contacts = await group_of(tx, contact_id) if contact_id else None
    if asked.q and fragment is None:
        found = await search_contact_ids(tx, asked.q)
        contacts = found if contacts is None else [one for one in contacts if one in set(found)]
    cursor = decode_cursor(asked.cursor, 2)
    wanted = log.Wanted(
        since=_instant("from", since, reader, end=False),
        until=_instant("to", until, reader, end=True),
        queue_id=queue_id,
        user_id=user_id,
        direction=direction,
        channel=channel,
        result=result,
        disposition_id=disposition_id,
        min_talk_s=min_talk_s,
        kept=runtime.get(InteractionSources).kept(recording) if recording else None,
        contact_ids=contacts,
        number=None if whole else fragment,
        peer=whole,
        before=(instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None,
        limit=asked.limit,
    )
    rows = await log.rows(tx, reach, wanted, await team_mates(tx, reach.team_ids))
    shown = rows[: asked.limit]
    more = len(rows) > asked.limit
    return Page(
        items=await views.listed(tx, shown, runtime.get(InteractionSources), reader.locale),
        next_cursor=encode_cursor(shown[-1].started_at.isoformat(), shown[-1].id) if more else None,
    )


def _instant(field: str, text: str, reader: Reader, *, end: bool) -> datetime | None:
    """A whole day begins and ends at the reader's midnight."""
    if not text:
        return None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            return datetime.combine(day, time(), ZoneInfo(reader.time_zone)).astimezone(UTC)
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise invalid_field(
        field, "Write a day as 2026-01-31, or an instant with its zone: 2026-01-31T08:00:00Z.", "date"
    )


async def _within(tx: Transaction, me: Principal, interaction_id: UUID, permission: str) -> InteractionRow:
    reach = me.reach(permission)
    found = await Interactions(tx).get([interaction_id])
    if not found or not await log.covers(tx, reach, found[0], await team_mates(tx, reach.team_ids)):
        raise NotFound()
    return found[0]


@router.get("/interactions/{interaction_id}")
async def get_interaction(interaction_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> InteractionView:
    row = await _within(tx, me, interaction_id, SEE)
    locale = (await reader_of(tx, me.user_id)).locale
    return await views.detail(tx, row, runtime.get(InteractionSources), locale)


@router.put("/interactions/{interaction_id}/notes")
async def put_notes(
    interaction_id: UUID, body: NotesIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> InteractionView:
    """Correct the note and the result after the wrap-up; on the record."""
    await _within(tx, me, interaction_id, "interactions.edit")
    locale = (await reader_of(tx, me.user_id)).locale
    sources = runtime.get(InteractionSources)
    row = await notes.correct(tx, interaction_id, body, runtime.clock.now(), sources, locale)
    return await views.detail(tx, row, sources, locale)


@router.get("/my-day")
async def get_my_day(me: Me, tx: Tx, runtime: RuntimeOf) -> MyDay:
    """One's own figures and states since midnight."""
    reader = await reader_of(tx, me.user_id)
    return await views.my_day(tx, me.user_id, reader.time_zone, reader.locale, runtime.clock.now())


@router.get("/dispositions")
async def list_dispositions(me: Me, tx: Tx, queue_id: UUID | None = None) -> list[DispositionView]:
    """The results that an agent can choose for a contact of this queue."""
    return await views.dispositions(tx, queue_id, (await reader_of(tx, me.user_id)).locale)


@router.get("/dispositions-admin")
async def list_dispositions_admin(me: Me, tx: Tx, asked: Asked) -> Page[Disposition]:
    me.reach(EDIT)
    return await listed(tx, DISPOSITIONS, asked)


@router.post("/dispositions-admin", status_code=201)
async def post_disposition(body: DispositionIn, me: Me, tx: Tx) -> Disposition:
    me.reach(EDIT)
    return await dispositions.create(tx, body)


@router.get("/dispositions-admin/{disposition_id}")
async def get_disposition(disposition_id: UUID, me: Me, tx: Tx) -> Disposition:
    me.reach(EDIT)
    return await DISPOSITIONS.get(tx, disposition_id)


@router.patch("/dispositions-admin/{disposition_id}")
async def patch_disposition(disposition_id: UUID, body: DispositionChange, me: Me, tx: Tx) -> Disposition:
    me.reach(EDIT)
    return await dispositions.change(tx, disposition_id, body)


@router.delete("/dispositions-admin/{disposition_id}", status_code=204)
async def delete_disposition(disposition_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await dispositions.archive(tx, disposition_id, archived=True)


@router.post("/dispositions-admin/{disposition_id}/restore")
async def restore_disposition(disposition_id: UUID, me: Me, tx: Tx) -> Disposition:
    me.reach(EDIT)
    return await dispositions.archive(tx, disposition_id, archived=False)
