"""Followers and the mentioned are told, live. What they are told is only that something is there: they read it as whoever may."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations.events import (
    ColleaguesMentioned,
    ConversationReassigned,
    MessageWritten,
    ReplyStopped,
)
from tongdai.conversations.following.repository import Following
from tongdai.people.public import list_people
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Ref
from tongdai.platform.realtime import Changed, Hub, Push

ME = "me"


class Mentioned(BaseModel):
    """A colleague has mentioned me in a note."""

    conversation_id: UUID
    by: Ref


class Reassigned(BaseModel):
    """A conversation that I had was given to somebody else (`to`), or to a queue."""

    conversation_id: UUID
    by: Ref
    to: Ref | None


def publish_following(hub: Hub) -> None:
    hub.publish([MessageWritten], publish_written, topics=lambda _: {ME})
    hub.publish([ColleaguesMentioned], publish_mentioned, topics=lambda _: {ME})
    hub.publish([ReplyStopped], publish_stopped, topics=lambda _: {ME})
    hub.publish([ConversationReassigned], publish_reassigned, topics=lambda _: {ME})
    hub.describe(
        followed_written=Changed,
        colleague_mentioned=Mentioned,
        reply_stopped=Changed,
        conversation_reassigned=Reassigned,
    )


async def publish_written(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """One push per conversation and batch, to all followers but who wrote."""
    writers: dict[UUID, set[UUID | None]] = {}
    for event in batch:
        fact = event.fact
        if isinstance(fact, MessageWritten) and fact.kind != "event" and fact.author in ("customer", "agent"):
            writers.setdefault(fact.aggregate_id, set()).add(fact.user_id)
    followers = await Following(tx).followers(list(writers)) if writers else {}
    pushes: list[Push] = []
    for conversation_id, users in followers.items():
        wrote = writers[conversation_id]
        told = users - wrote if len(wrote) == 1 else users
        if told:
            pushes.append(Push(ME, "followed.written", Changed(id=conversation_id), user_ids=frozenset(told)))
    return pushes


async def publish_mentioned(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    facts = [event.fact for event in batch if isinstance(event.fact, ColleaguesMentioned)]
    names = {
        one.id: one.name for one in await list_people(tx, [fact.user_id for fact in facts if fact.user_id])
    }
    return [
        Push(
            ME,
            "colleague.mentioned",
            Mentioned(
                conversation_id=fact.aggregate_id, by=Ref(id=fact.user_id, name=names.get(fact.user_id, ""))
            ),
            user_ids=frozenset(fact.mentioned),
        )
        for fact in facts
        if fact.user_id is not None
    ]


async def publish_stopped(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """Who wrote a reply that was not sent, and may be elsewhere by now."""
    return [
        Push(
            ME,
            "reply.stopped",
            Changed(id=event.fact.aggregate_id),
            user_ids=frozenset({event.fact.author_id}),
        )
        for event in batch
        if isinstance(event.fact, ReplyStopped)
    ]


async def publish_reassigned(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    facts = [event.fact for event in batch if isinstance(event.fact, ConversationReassigned)]
    users = {one for fact in facts for one in (fact.user_id, fact.to_id) if one}
    names = {one.id: one.name for one in await list_people(tx, list(users))} if users else {}
    return [
        Push(
            ME,
            "conversation.reassigned",
            Reassigned(
                conversation_id=fact.aggregate_id,
                by=Ref(id=fact.user_id, name=names.get(fact.user_id, "")),
                to=Ref(id=fact.to_id, name=names.get(fact.to_id, "")) if fact.to_id else None,
            ),
            user_ids=frozenset({fact.from_id}),
        )
        for fact in facts
        if fact.user_id is not None
    ]
