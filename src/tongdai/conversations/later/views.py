"""What screens show of replies that wait."""

from uuid import UUID

from tongdai.conversations.attachments.repository import Attachments
from tongdai.conversations.attachments.views import attachment_view
from tongdai.conversations.later.repository import ScheduledRow
from tongdai.conversations.later.schemas import ScheduledView
from tongdai.conversations.messages import Messages
from tongdai.people.public import list_people
from tongdai.platform.database import Transaction
from tongdai.platform.http import Ref


async def shown(
    tx: Transaction, rows: list[ScheduledRow], me: UUID, *, may_change: bool
) -> list[ScheduledView]:
    names = {one.id: one.name for one in await list_people(tx, [row.user_id for row in rows])} if rows else {}
    answered = await Messages(tx).answered_since([(row.conversation_id, row.after_seq) for row in rows])
    files = await Attachments(tx).unsent([UUID(one) for row in rows for one in row.attachments])
    return [
        ScheduledView(
            id=row.id,
            conversation_id=row.conversation_id,
            user=Ref(id=row.user_id, name=names.get(row.user_id, "")),
            body=row.body,
            heading=row.heading,
            attachments=[attachment_view(files[UUID(one)]) for one in row.attachments if UUID(one) in files],
            client_id=row.client_id,
            due_at=row.due_at,
            grace=row.grace,
            only_if_unanswered=row.only_if_unanswered,
            answered=(row.conversation_id, row.after_seq) in answered,
            state=row.state,
            why=row.why or None,
            created_at=row.created_at,
            version=row.version,
            may_change=may_change or row.user_id == me,
        )
        for row in rows
    ]
