"""Use cases of following: who follows a conversation is told what is written in it, and who is mentioned in a note follows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tongdai.conversations.events import ColleaguesMentioned, ConversationReassigned
from tongdai.conversations.following.repository import Following
from tongdai.conversations.inbox import access
from tongdai.conversations.messages import MessageRow
from tongdai.conversations.writing import next_version
from tongdai.people.public import PrincipalSources, is_user, list_people, principal_of_user
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Ref

MOST_MENTIONED = 10


async def may_read(tx: Transaction, user_id: UUID, conversation_id: UUID, sources: PrincipalSources) -> bool:
    """Whether this colleague may read the conversation: by the same rule as when they ask for it."""
    return await access.may_read(tx, await principal_of_user(tx, user_id, sources), conversation_id)


async def mentioned(
    tx: Transaction, conversation_id: UUID, user_ids: Sequence[UUID], sources: PrincipalSources
) -> list[tuple[Ref, bool]]:
    """Whom a note names, and whether they may read it: only those are told. Raises Invalid for who is not there."""
    ids = list(dict.fromkeys(user_ids))
    for one in ids:
        if not await is_user(tx, one):
            raise invalid_field("mentions", "There is no such colleague any more.", "choose")
    names = {one.id: one.name for one in await list_people(tx, ids)} if ids else {}
    return [(Ref(id=one, name=names[one]), await may_read(tx, one, conversation_id, sources)) for one in ids]


async def tell_mentioned(
    tx: Transaction, note: MessageRow, user_ids: Sequence[UUID], by: UUID, at: datetime
) -> None:
    """They are told, follow from now on, and see it marked until they have looked."""
    told = [one for one in user_ids if one != by]
    if not told:
        return
    for user_id in told:
        await Following(tx).follow(note.conversation_id, user_id, at, news=1)
    await Following(tx).mention(note.conversation_id, note.id, told, at)
    thread = await next_version(tx, note.conversation_id)
    tx.emit(
        ColleaguesMentioned(
            aggregate_id=thread.id,
            aggregate_version=thread.version,
            at=at,
            user_id=by,
            message_id=note.id,
            mentioned=told,
        )
    )


async def tell_reassigned(
    tx: Transaction,
    conversation_id: UUID,
    from_id: UUID,
    by: UUID,
    at: datetime,
    *,
    to_id: UUID | None = None,
    queue_id: UUID | None = None,
) -> None:
    """The agent who had it is told who took it and where it is now."""
    thread = await next_version(tx, conversation_id)
    tx.emit(
        ConversationReassigned(
            aggregate_id=thread.id,
            aggregate_version=thread.version,
            at=at,
            user_id=by,
            from_id=from_id,
            to_id=to_id,
            queue_id=queue_id,
        )
    )
