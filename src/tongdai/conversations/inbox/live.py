"""The inbox, live: which conversations are other now, and which colleagues look at one or write in it."""

from collections.abc import Iterable, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel

from tongdai.conversations import events
from tongdai.conversations.inbox.access import SEE
from tongdai.conversations.live import topic
from tongdai.conversations.policies import State
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.people.public import teams_of
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Ref, one_of
from tongdai.platform.realtime import Changed, Hub, Push

INBOX = "inbox"
QUEUE_SEEN = "queues.see"
"""Held by who serves a queue: they are told that somebody waits in it, though what is written they must ask for."""
_OF_CONVERSATIONS = (
    events.MessageWritten,
    events.MessagesSeen,
    events.ConversationTagged,
    events.ConversationSnoozed,
    events.ConversationAwoke,
    events.ConversationLinked,
    events.ConversationUnlinked,
    events.ConversationMerged,
    events.ConversationUnmerged,
    events.ReplyScheduled,
    events.ReplyWithdrawn,
    events.ReplyStopped,
    events.ReplySent,
)
_MOVES = (
    events.InteractionStarted,
    events.InteractionQueued,
    events.InteractionConnected,
    events.InteractionMoved,
    events.InteractionClosed,
)


class ColleagueHere(BaseModel):
    """A colleague has the conversation open just now, or writes; it is told again while they do."""

    conversation_id: UUID
    user: Ref
    doing: Annotated[str, one_of("reading", "writing")]


def publish_inbox(hub: Hub) -> None:
    hub.publish([*_OF_CONVERSATIONS, *_MOVES], publish, topics=lambda _: {INBOX})
    hub.describe(conversation_changed=Changed, colleague_here=ColleagueHere)


async def publish(tx: Transaction, batch: Sequence[Recorded]) -> Iterable[Push]:
    """Open lists learn that a conversation is another now; one push per conversation and batch."""
    changed: set[UUID] = set()
    moved: set[UUID] = set()
    for event in batch:
        (moved if isinstance(event.fact, events.InteractionFact) else changed).add(event.fact.aggregate_id)
    for row in await Interactions(tx).get(list(moved)):
        if row.conversation_id is not None:
            changed.add(row.conversation_id)
    pushes: list[Push] = []
    for conversation_id in changed:
        parts = await Interactions(tx).of_conversation(conversation_id)
        if parts:
            pushes += await told(tx, parts[-1], INBOX, "conversation.changed", Changed(id=conversation_id))
    return pushes


async def told(tx: Transaction, last: InteractionRow, topic: str, kind: str, data: BaseModel) -> list[Push]:
    """To those within whose reach the last part of a conversation is, and who serve the queue in which it waits."""
    teams = await teams_of(tx, [last.user_id]) if last.user_id else {}
    pushes = [
        Push(
            topic,
            kind,
            data,
            permission=SEE,
            owner_id=last.user_id,
            queue_id=last.queue_id,
            team_ids=teams.get(last.user_id, frozenset()) if last.user_id else frozenset(),
            project_id=last.project_id,
        )
    ]
    if last.state == State.QUEUED and last.queue_id is not None:
        pushes.append(Push(topic, kind, data, permission=QUEUE_SEEN, queue_id=last.queue_id))
    return pushes


async def tell_here(tx: Transaction, hub: Hub, conversation_id: UUID, user: Ref, doing: str) -> None:
    """Who has the conversation open sees that a colleague has, too. It is not kept."""
    parts = await Interactions(tx).of_conversation(conversation_id)
    if parts:
        here = ColleagueHere(conversation_id=conversation_id, user=user, doing=doing)
        pushes = await told(tx, parts[-1], topic(conversation_id), "colleague.here", here)
        hub.push(tx.tenant_id, pushes)
