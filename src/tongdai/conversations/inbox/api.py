"""Routes of the inbox: all conversations in writing, whoever has them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from tongdai.conversations.inbox import listing, service
from tongdai.conversations.inbox.access import EDIT, SEE, changeable, readable, within
from tongdai.conversations.inbox.listing import Wanted
from tongdai.conversations.inbox.live import tell_here
from tongdai.conversations.inbox.many import change_many
from tongdai.conversations.inbox.policies import LONGEST_SNOOZE, is_snooze
from tongdai.conversations.inbox.schemas import (
    STATES,
    ConversationView,
    InboxCounts,
    ManyChanged,
    ManyIn,
    SnoozeIn,
    TagsIn,
)
from tongdai.conversations.inbox.tags import Tags
from tongdai.conversations.inbox.views import listed
from tongdai.conversations.inbox.words import asked as asked_words
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import group_of, search_contact_ids
from tongdai.people.public import team_mates
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Body
from tongdai.platform.cursors import instant_or_invalid, uuid_or_invalid
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, Ref, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor
from tongdai.platform.registry import Runtime

router = APIRouter(prefix="/api/v1/conversations", tags=["inbox"])
State = Literal["bot", "waiting", "open", "closed"]
LIVE = tuple(stored for name, stored in STATES.items() if name != "closed")


@router.get("")
async def list_conversations(
    me: Me,
    tx: Tx,
    asked: Asked,
    runtime: RuntimeOf,
    state: Annotated[list[State] | None, Query(max_length=4)] = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    queue_id: UUID | None = None,
    team_id: UUID | None = None,
    user_id: UUID | None = None,
    contact_id: UUID | None = None,
    mine: bool = False,
    unassigned: bool = False,
    unread: bool = False,
    tag: Annotated[str | None, Query(max_length=40)] = None,
    snoozed: bool | None = None,
    scheduled: bool = False,
    followed: bool = False,
    mentioned: bool = False,
    since: AwareDatetime | None = None,
) -> Page[ConversationView]:
    """Conversations within reach and those that wait in one's queues, that with the newest message first. `q` finds words that
    were written, by their beginnings, and names of contacts. `user_id`, `team_id`: who has them or had them last;
    `contact_id`: of this customer; `snoozed`: only those that are put aside, or none of them; `scheduled`: only those in which a
    reply waits for its time or was stopped; `followed`: those that one follows, `mentioned`: those in which one was mentioned
    and has not looked since."""
    reader = await within(tx, me)
    users: list[UUID] | None = [me.user_id] if mine else [user_id] if user_id else None
    if team_id is not None:
        mates = await team_mates(tx, [team_id])
        users = mates if users is None else [one for one in users if one in mates]
    states = {STATES[one] for one in state or ()}
    if unassigned:
        free = {STATES["bot"], STATES["waiting"]}
        states = states & free if states else free
    cursor = decode_cursor(asked.cursor, 2)
    wanted = Wanted(
        states=tuple(sorted(states)),
        channel=channel,
        queue_id=queue_id,
        user_ids=users,
        of_contacts=await group_of(tx, contact_id) if contact_id else None,
        unread=unread,
        tag=tag,
        snoozed=snoozed,
        scheduled=scheduled,
        followed_by=me.user_id if followed else None,
        mentioned=me.user_id if mentioned else None,
        since=since,
        words=tuple(asked_words(asked.q)),
        contact_ids=await search_contact_ids(tx, asked.q) if asked.q else [],
        before=(instant_or_invalid(cursor[0]), uuid_or_invalid(cursor[1])) if cursor else None,
        limit=asked.limit,
    )
    if (unassigned and not states) or (asked.q and not wanted.words):
        return Page[ConversationView](items=[])
    rows = await listing.rows(tx, reader, wanted)
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > asked.limit else None
    return Page(
        items=await listed(tx, shown, runtime.get(InteractionSources), me),
        next_cursor=encode_cursor(last.last_at, last.id) if last else None,
    )


@router.patch("", response_model_exclude_unset=True)
async def patch_conversations(body: ManyIn, me: Me, tx: Tx, runtime: RuntimeOf) -> ManyChanged:
    """Many are tagged or put aside at once; what could not be is named, and the answer undoes the rest."""
    me.reach(EDIT)
    at = runtime.clock.now()
    for number, change in enumerate(body.changes):
        if change.snoozed_until is not None and change.snoozed_until > at + LONGEST_SNOOZE:
            raise invalid_field(
                f"changes.{number}.snoozed_until", "Choose a time within the next year.", "past"
            )
    return await change_many(tx, me, body.changes, at)


@router.get("/counts")
async def get_counts(me: Me, tx: Tx) -> InboxCounts:
    """How many there are in each view."""
    reader = await within(tx, me)

    async def count(wanted: Wanted) -> int:
        return await listing.count(tx, reader, wanted)

    return InboxCounts(
        mine=await count(Wanted(states=(STATES["open"],), user_ids=[me.user_id], snoozed=False)),
        waiting=await count(Wanted(states=(STATES["waiting"],))),
        open=await count(Wanted(states=LIVE, snoozed=False)),
        unread=await count(Wanted(unread=True, snoozed=False)),
        snoozed=await count(Wanted(snoozed=True)),
        scheduled=await count(Wanted(scheduled=True)),
        followed=await count(Wanted(followed_by=me.user_id, news=True)),
        mentioned=await count(Wanted(mentioned=me.user_id)),
    )


@router.get("/tags")
async def list_tags(me: Me, tx: Tx) -> list[str]:
    """The tags that are in use."""
    me.reach(SEE)
    return await Tags(tx).known()


@router.get("/{conversation_id}")
async def get_conversation(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ConversationView:
    await readable(tx, me, conversation_id)
    return await view_of(tx, me, runtime, conversation_id)


@router.put("/{conversation_id}/tags")
async def put_tags(
    conversation_id: UUID, body: TagsIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> ConversationView:
    await changeable(tx, me, conversation_id)
    tags = list(dict.fromkeys(body.tags))
    await service.tag(tx, conversation_id, tags, me.user_id, runtime.clock.now())
    return await view_of(tx, me, runtime, conversation_id)


@router.put("/{conversation_id}/snooze")
async def put_snooze(
    conversation_id: UUID, body: SnoozeIn, me: Me, tx: Tx, runtime: RuntimeOf
) -> ConversationView:
    """Out of the lists until then, or until the customer writes."""
    await changeable(tx, me, conversation_id)
    if not is_snooze(body.until, runtime.clock.now()):
        raise invalid_field("until", "Choose a time within the next year.", "past")
    await service.snooze(tx, conversation_id, body.until, me.user_id, runtime.clock.now())
    return await view_of(tx, me, runtime, conversation_id)


@router.delete("/{conversation_id}/snooze")
async def delete_snooze(conversation_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> ConversationView:
    """Back into the lists at once."""
    await changeable(tx, me, conversation_id)
    await service.wake(tx, conversation_id, "agent", runtime.clock.now(), me.user_id)
    return await view_of(tx, me, runtime, conversation_id)


async def view_of(
    tx: Transaction, me: Principal, runtime: Runtime, conversation_id: UUID
) -> ConversationView:
    row = await listing.get(tx, conversation_id)
    shown = await listed(tx, [row] if row else [], runtime.get(InteractionSources), me)
    if not shown:
        raise NotFound()
    return shown[0]


class Here(Body):
    """What one does in a conversation that one has open."""

    doing: Literal["reading", "writing"]


@router.post("/{conversation_id}/here", status_code=204)
async def post_here(conversation_id: UUID, body: Here, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """I have it open, or write in it: colleagues who have it open are told, and it is forgotten by itself."""
    await readable(tx, me, conversation_id)
    await tell_here(tx, runtime.hub, conversation_id, Ref(id=me.user_id, name=me.name), body.doing)
