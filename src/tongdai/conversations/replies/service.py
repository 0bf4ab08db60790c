"""Use cases of canned replies: kept for everybody, for a queue, or for oneself; found and filled where one writes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongdai.conversations.errors import TooManyReplies
from tongdai.conversations.replies.policies import filled, in_language, place_of
from tongdai.conversations.replies.schemas import CannedReply, ReplyView
from tongdai.conversations.repository import InteractionRow
from tongdai.conversations.sources import InteractionSources
from tongdai.crm.public import contact_refs
from tongdai.people.public import reader_of
from tongdai.platform.auth import Principal
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited
from tongdai.tenancy.public import audit, changed_fields

REPLIES = Edited(
    "canned_replies",
    CannedReply,
    order="t.code",
    search="t.code",
    json=frozenset({"body"}),
    unique={"canned_replies_code_key": "code"},
)
SHARED = "AND t.user_id IS NULL"
OWN = "AND t.user_id = %(me)s"
MOST_OWN = 200
SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Reply:
    id: UUID
    code: str
    body: dict[str, str]
    user_id: UUID | None


async def create(tx: Transaction, values: dict[str, Any]) -> CannedReply:
    await check_chosen(tx, values, {"queue_id": "queues"})
    row_id = await REPLIES.add(tx, values)
    await audit(tx, "canned_reply.created", "canned_reply", row_id)
    return await REPLIES.get(tx, row_id)


async def create_own(tx: Transaction, user_id: UUID, values: dict[str, Any]) -> CannedReply:
    """Raises TooManyReplies."""
    count = await tx.fetch_value(
        "SELECT count(*) FROM canned_replies WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND NOT archived",
        {"user": user_id},
    )
    if count >= MOST_OWN:
        raise TooManyReplies()
    return await REPLIES.get(tx, await REPLIES.add(tx, {**values, "user_id": user_id}))


async def change(tx: Transaction, row_id: UUID, version: int, values: dict[str, Any]) -> CannedReply:
    """Raises NotFound for somebody's own, StaleVersion."""
    await REPLIES.lock(tx, row_id, version, SHARED)
    await check_chosen(tx, values, {"queue_id": "queues"})
    await REPLIES.change(tx, row_id, values)
    await audit(tx, "canned_reply.changed", "canned_reply", row_id, changed_fields(values))
    return await REPLIES.get(tx, row_id)


async def archive(tx: Transaction, row_id: UUID, *, archived: bool) -> CannedReply:
    await REPLIES.lock(tx, row_id, None, SHARED)
    await REPLIES.archive(tx, row_id, archived=archived)
    what = "canned_reply.archived" if archived else "canned_reply.restored"
    await audit(tx, what, "canned_reply", row_id)
    return await REPLIES.get(tx, row_id)


async def delete_own(tx: Transaction, user_id: UUID, row_id: UUID) -> None:
    """Raises NotFound for another's and for shared ones."""
    await REPLIES.lock(tx, row_id, None, OWN, me=user_id)
    await tx.write(
        "DELETE FROM canned_replies WHERE tenant_id = %(tenant)s AND id = %(id)s AND user_id = %(user)s",
        {"id": row_id, "user": user_id},
    )


async def fitting(
    tx: Transaction, me: Principal, part: InteractionRow, q: str, sources: InteractionSources
) -> list[ReplyView]:
    """What `me` could insert in this conversation, the best first: everybody's, the queue's, one's own."""
    rows = await tx.fetch_all(
        _Reply,
        "SELECT id, code, body, user_id FROM canned_replies WHERE tenant_id = %(tenant)s AND NOT archived"
        " AND (user_id = %(me)s OR user_id IS NULL AND (queue_id IS NULL OR queue_id = %(queue)s)) ORDER BY code",
        {"me": me.user_id, "queue": part.queue_id},
    )
    contacts = await contact_refs(tx, [part.contact_id] if part.contact_id else [])
    queues = await sources.queue_names(tx, {part.queue_id} if part.queue_id else set())
    values = {
        "contact.name": next((one.name for one in contacts.values()), "") or part.peer_name,
        "agent.name": me.name,
        "queue.name": next(iter(queues.values()), ""),
    }
    wished = [part.language, (await reader_of(tx, me.user_id)).locale]
    found: list[tuple[int, bool, str, ReplyView]] = []
    for row in rows:
        text = in_language(row.body, wished)
        place = place_of(row.code, " ".join(row.body.values()), q)
        if place is not None:
            own = row.user_id is not None
            view = ReplyView(id=row.id, code=row.code, text=filled(text, values), own=own)
            found.append((place, not own, row.code, view))
    return [view for *_, view in sorted(found, key=lambda one: one[:3])[:SHOWN]]
