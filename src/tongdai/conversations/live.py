"""Open threads, live: each message as it is written, and how far both sides have seen them."""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations.assignments import Assignments
from tongdai.conversations.events import (
    ConversationMerged,
    ConversationUnmerged,
    MessageChanged,
    MessagesSeen,
    MessageWritten,
    ReplyScheduled,
    ReplySent,
    ReplyStopped,
    ReplyWithdrawn,
)
from tongdai.conversations.messages import Messages
from tongdai.conversations.repository import Interactions
from tongdai.conversations.thread_views import (
    MessageView,
    ThreadBrief,
    ThreadSeen,
    briefs,
    message_views,
    seen_of,
)
from tongdai.people.public import teams_of
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Changed, Hub, Push

SEE = "interactions.see"


def topic(conversation_id: UUID) -> str:
    """Subscribed to by whoever has the conversation open."""
    return f"conversation.{conversation_id}"


def publish_threads(hub: Hub) -> None:
    hub.publish(
        [MessageWritten, MessageChanged, MessagesSeen],
        publish,
        topics=lambda batch: {topic(one.fact.aggregate_id) for one in batch},
    )
    hub.publish([MessageWritten, MessagesSeen], publish_briefs)
    hub.publish(
        [ReplyScheduled, ReplyWithdrawn, ReplyStopped, ReplySent],
        partial(publish_changed, "scheduled.changed"),
        topics=lambda batch: {topic(one.fact.aggregate_id) for one in batch},
    )
    hub.publish(
        [ConversationMerged, ConversationUnmerged],
        partial(publish_changed, "merged.changed"),
        topics=lambda batch: {topic(one.fact.aggregate_id) for one in batch},
    )
    hub.describe(
        message_written=MessageView,
        message_changed=MessageView,
        messages_seen=ThreadSeen,
        thread_changed=ThreadBrief,
        customer_typing=Typing,
        scheduled_changed=Changed,
        merged_changed=Changed,
    )


class Typing(BaseModel):
    """The customer is writing just now; it is told again while they do."""

    conversation_id: UUID


async def tell_typing(tx: Transaction, hub: Hub, conversation_id: UUID) -> None:
    """Who has the conversation open sees that the customer writes. It is not kept."""
    typing = Typing(conversation_id=conversation_id)
    hub.push(tx.tenant_id, await _pushes(tx, conversation_id, [("customer.typing", typing)]))


async def publish_briefs(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """The lists of those who have the contact in hand: what was written last, and how much of it is unread."""
    holders: dict[UUID, set[UUID]] = {}
    for event in batch:
        fact = event.fact
        if isinstance(fact, MessageWritten) and fact.interaction_id is not None:
            users = {row.user_id for row in await Assignments(tx).open_of_interaction(fact.interaction_id)}
            holders.setdefault(fact.aggregate_id, set()).update(users)
        elif isinstance(fact, MessagesSeen) and fact.by == "agent":
            for part in await Interactions(tx).of_conversation(fact.aggregate_id):
                users = {row.user_id for row in await Assignments(tx).open_of_interaction(part.id)}
                holders.setdefault(fact.aggregate_id, set()).update(users)
    found = await briefs(tx, [key for key, users in holders.items() if users])
    return [Push("me", "thread.changed", brief, frozenset(holders[key])) for key, brief in found.items()]


async def publish_changed(kind: str, tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """Who has a conversation open reads anew what waits to be sent there, or what is merged into it."""
    pushes: list[Push] = []
    for conversation_id in {event.fact.aggregate_id for event in batch}:
        pushes += await _pushes(tx, conversation_id, [(kind, Changed(id=conversation_id))])
    return pushes


async def publish(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """To those within whose reach any part of the conversation is."""
    facts = [event.fact for event in batch]
    written = [fact.message_id for fact in facts if isinstance(fact, MessageWritten)]
    changed = [fact.message_id for fact in facts if isinstance(fact, MessageChanged)]
    found = await Messages(tx).get([*written, *changed]) if written or changed else []
    views = await message_views(tx, found) if found else []
    seen: dict[UUID, ThreadSeen] = {}
    for conversation_id in {fact.aggregate_id for fact in facts if isinstance(fact, MessagesSeen)}:
        if (thread := await Messages(tx).thread(conversation_id)) is not None:
            seen[thread.id] = seen_of(thread)
    pushes: list[Push] = []
    for conversation_id in {fact.aggregate_id for fact in facts}:
        told: list[tuple[str, BaseModel]] = [
            ("message.written" if view.id in written else "message.changed", view)
            for view in views
            if view.conversation_id == conversation_id
        ]
        told += [("messages.seen", seen[conversation_id])] if conversation_id in seen else []
        pushes += await _pushes(tx, conversation_id, told)
    return pushes


async def _pushes(
    tx: Transaction, conversation_id: UUID, told: Sequence[tuple[str, BaseModel]]
) -> list[Push]:
    """By the last part of the conversation: whoever saw an older one sees it when they open it anew."""
    parts = await Interactions(tx).of_conversation(conversation_id)
    if not parts:
        return []
    last = parts[-1]
    teams = await teams_of(tx, [last.user_id]) if last.user_id else {}
    return [
        Push(
            topic(conversation_id),
            kind,
            data,
            permission=SEE,
            owner_id=last.user_id,
            queue_id=last.queue_id,
            team_ids=teams.get(last.user_id, frozenset()) if last.user_id else frozenset(),
            project_id=last.project_id,
        )
        for kind, data in told
    ]
