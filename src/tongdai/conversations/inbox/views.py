"""What screens show of conversations in the inbox."""

from tongdai.conversations.following.repository import Following
from tongdai.conversations.inbox.access import may_take
from tongdai.conversations.inbox.listing import ConversationRow
from tongdai.conversations.inbox.schemas import STATES, ConversationView
from tongdai.conversations.inbox.tags import Tags
from tongdai.conversations.later.repository import Scheduled
from tongdai.conversations.repository import Interactions
from tongdai.conversations.sources import InteractionSources
from tongdai.conversations.thread_views import briefs
from tongdai.conversations.views import listed as interaction_rows
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction

_NAMES = {state: name for name, state in STATES.items()}


async def listed(
    tx: Transaction, rows: list[ConversationRow], sources: InteractionSources, me: Principal
) -> list[ConversationView]:
    """Rows of the inbox with their names, in the given order."""
    parts = await Interactions(tx).get([row.interaction_id for row in rows if row.interaction_id])
    named = {row.id: row for row in await interaction_rows(tx, parts, sources, "en")}
    interactions = {row.id: row for row in parts}
    waiting = await Scheduled(tx).next_of([row.id for row in rows])
    ids = [row.id for row in rows]
    followed = await Following(tx).of(me.user_id, ids)
    mentioned = await Following(tx).mentioned_in(me.user_id, ids)
    tags = await Tags(tx).of([row.id for row in rows])
    written = await briefs(tx, [row.id for row in rows])
    shown: list[ConversationView] = []
    for row in rows:
        part = interactions.get(row.interaction_id) if row.interaction_id else None
        if part is None or (brief := written.get(row.id)) is None:
            continue
        names = named[part.id]
        shown.append(
            ConversationView(
                id=row.id,
                channel=row.channel,
                state=_NAMES[row.state],
                contact=names.contact,
                number=names.number if part.peer_raw else None,
                peer_name=part.peer_name,
                peer_verified=part.peer_verified,
                queue=names.queue,
                agent=names.agent,
                subject=row.subject,
                last_author=brief.last_author,
                preview=brief.preview,
                last_at=row.last_at,
                unread=row.unread,
                tags=tags.get(row.id, []),
                snoozed_until=row.snoozed_until,
                scheduled_at=waiting[row.id][0] if row.id in waiting else None,
                stopped=row.id in waiting and waiting[row.id][1],
                following=row.id in followed,
                news=followed.get(row.id, 0),
                mentioned=row.id in mentioned,
                opened_at=row.opened_at,
                merged_into=row.merged_into,
                may_take=may_take(me, part),
            )
        )
    return shown
