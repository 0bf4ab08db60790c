"""Use cases of replies that are sent later.

Each change is decided under the locks of the interaction, the conversation and the reply, in this order: of who takes one back
and the time that comes, one wins.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations.adapters import ChannelAdapters
from tongdai.conversations.errors import AlreadySent, TooManyScheduled
from tongdai.conversations.events import (
    ReplyScheduled,
    ReplySent,
    ReplyStopped,
    ReplyWithdrawn,
    ScheduledReplyFact,
)
from tongdai.conversations.later.policies import ANSWERED, MOST_WAITING, Fate, can_wait_until, fate
from tongdai.conversations.later.repository import Scheduled, ScheduledRow
from tongdai.conversations.later.schemas import ScheduledChange, ScheduledIn
from tongdai.conversations.messages import Messages
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.conversations.writing import NewMessage, lock_thread, next_version, write
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, StaleVersion, invalid_field
from tongdai.tenancy.public import audit, undo_seconds

PAST = "Choose a time within the next year."


async def grace_of(tx: Transaction, adapters: ChannelAdapters, channel: str) -> float:
    """For so many seconds what is sent on this channel can be taken back."""
    seconds = await undo_seconds(tx)
    return seconds.undo_chat_s if adapters.get(channel).capabilities.live else seconds.undo_email_s


async def schedule(
    tx: Transaction,
    adapters: ChannelAdapters,
    mine: InteractionRow,
    user_id: UUID,
    new: ScheduledIn,
    at: datetime,
) -> ScheduledRow:
    """Keep a reply of who has the customer until its time. The same again is the same. Raises Invalid, TooManyScheduled and what
    forbids sending it now."""
    if mine.conversation_id is None:
        raise NotFound()
    if new.due_at is not None and not can_wait_until(new.due_at, at):
        raise invalid_field("due_at", PAST, "past")
    thread = await lock_thread(tx, mine.conversation_id)
    before = await Scheduled(tx).asked_before(thread.id, new.client_id)
    if before is not None:
        return before
    if len(await Scheduled(tx).open_of(thread.id)) >= MOST_WAITING:
        raise TooManyScheduled()
    adapter = adapters.get(mine.channel)
    heading = await adapter.check(
        tx, mine, _message(new.body, user_id, mine.id, new.attachments), new.heading
    )
    grace = timedelta(seconds=await grace_of(tx, adapters, mine.channel))
    row = ScheduledRow(
        id=new_id(),
        conversation_id=thread.id,
        interaction_id=mine.id,
        user_id=user_id,
        client_id=new.client_id,
        body=new.body,
        heading=dict(heading) if heading is not None else None,
        attachments=[str(one) for one in dict.fromkeys(new.attachments)],
        due_at=new.due_at or at + grace,
        grace=new.due_at is None,
        only_if_unanswered=new.only_if_unanswered,
        after_seq=thread.last_seq,
        state="waiting",
        why="",
        created_at=at,
        changed_at=at,
        version=1,
    )
    await Scheduled(tx).add(row)
    await _tell(tx, ReplyScheduled, row, at, user_id)
    return row


async def change(
    tx: Transaction, reply_id: UUID, wanted: ScheduledChange, user_id: UUID, at: datetime
) -> ScheduledRow:
    """Another time, or another condition: what was stopped waits again. Raises StaleVersion, AlreadySent, Invalid."""
    row, _ = await _lock(tx, reply_id)
    if row.version != wanted.version:
        raise StaleVersion(current={"due_at": row.due_at.isoformat(), "version": row.version})
    values = wanted.values()
    if "due_at" in values and not can_wait_until(wanted.due_at, at):
        raise invalid_field("due_at", PAST, "past")
    if "due_at" not in values and row.state == "stopped":
        raise invalid_field("due_at", PAST, "past")
    grace = row.grace and "due_at" not in values
    row = await _keep(tx, replace(row, **values, grace=grace, state="waiting", why=""), at)
    await _tell(tx, ReplyScheduled, row, at, user_id)
    await _note(tx, "interaction.reply_changed", row, user_id)
    return row


async def withdraw(tx: Transaction, reply_id: UUID, user_id: UUID, at: datetime) -> ScheduledRow:
    """It is not sent. Raises AlreadySent."""
    row, _ = await _lock(tx, reply_id)
    row = await _keep(tx, replace(row, state="withdrawn"), at)
    await _tell(tx, ReplyWithdrawn, row, at, user_id)
    await _note(tx, "interaction.reply_withdrawn", row, user_id)
    return row


async def send(
    tx: Transaction, adapters: ChannelAdapters, reply_id: UUID, at: datetime, user_id: UUID | None = None
) -> ScheduledRow:
    """Send it: at once, whatever came meanwhile, if `user_id` says so, else if its time has come. Raises AlreadySent and what
    forbids sending it; nothing was written then."""
    row, interaction = await _lock(tx, reply_id)
    if row.state == "stopped" and user_id is None:
        return row
    answered = bool(await Messages(tx).answered_since([(row.conversation_id, row.after_seq)]))
    now = row.due_at if user_id is not None else at
    asked = row.only_if_unanswered and user_id is None
    match fate(row.due_at, now, only_if_unanswered=asked, answered=answered):
        case Fate.WAIT:
            return row
        case Fate.STOP:
            return await _stopped(tx, row, ANSWERED, at)
        case Fate.SEND:
            pass
    new = _message(row.body, row.user_id, interaction.id, [UUID(one) for one in row.attachments])
    planned = {} if row.grace else {"planned": row.created_at.isoformat()}
    new = replace(new, client_id=row.client_id, data=planned, unseen=answered)
    message, _ = await write(tx, row.conversation_id, new, at)
    message = await adapters.get(interaction.channel).send(tx, interaction, message, at, row.heading)
    row = await _keep(tx, replace(row, state="sent"), at)
    await _tell(tx, ReplySent, row, at, user_id, message_id=message.id)
    if user_id is not None:
        await _note(tx, "interaction.reply_sent", row, user_id)
    return row


async def stop(tx: Transaction, reply_id: UUID, why: str, at: datetime) -> None:
    """It could not be sent; who wrote it decides. One that was sent or taken back meanwhile stays as it is."""
    try:
        row, _ = await _lock(tx, reply_id)
    except AlreadySent:
        return
    await _stopped(tx, row, why, at)


async def send_what_is_in_grace(
    tx: Transaction, adapters: ChannelAdapters, interaction: InteractionRow, at: datetime
) -> None:
    """Who wrote it is done with the customer: it goes out before they part."""
    if interaction.conversation_id is not None:
        for row in await Scheduled(tx).in_grace(interaction.id, interaction.conversation_id):
            await send(tx, adapters, row.id, at, row.user_id)


def _message(body: str, user_id: UUID, interaction_id: UUID, attachments: list[UUID]) -> NewMessage:
    return NewMessage(
        author="agent",
        body=body,
        user_id=user_id,
        interaction_id=interaction_id,
        attachments=tuple(attachments),
        uploader_id=user_id,
    )


async def _lock(tx: Transaction, reply_id: UUID) -> tuple[ScheduledRow, InteractionRow]:
    """A reply that has not gone out, locked with its interaction and its conversation. Raises NotFound, AlreadySent."""
    row = await Scheduled(tx).get(reply_id)
    interaction = await Interactions(tx).lock(row.interaction_id) if row else None
    if row is None or interaction is None:
        raise NotFound()
    await lock_thread(tx, row.conversation_id)
    row = await Scheduled(tx).get(reply_id, lock=True)
    if row is None or row.state not in ("waiting", "stopped"):
        raise AlreadySent()
    return row, interaction


async def _stopped(tx: Transaction, row: ScheduledRow, why: str, at: datetime) -> ScheduledRow:
    row = await _keep(tx, replace(row, state="stopped", why=why), at)
    await _tell(tx, ReplyStopped, row, at, None, why=why, author_id=row.user_id)
    return row


async def _keep(tx: Transaction, row: ScheduledRow, at: datetime) -> ScheduledRow:
    row = replace(row, changed_at=at, version=row.version + 1)
    await Scheduled(tx).save(row)
    return row


async def _tell(
    tx: Transaction,
    kind: type[ScheduledReplyFact],
    row: ScheduledRow,
    at: datetime,
    user_id: UUID | None,
    **more: UUID | str,
) -> None:
    thread = await next_version(tx, row.conversation_id)
    told = {"reply_id": row.id, "user_id": user_id, "at": at, **more}
    tx.emit(kind.model_validate({"aggregate_id": thread.id, "aggregate_version": thread.version, **told}))


async def _note(tx: Transaction, deed: str, row: ScheduledRow, user_id: UUID) -> None:
    """Whoever decides about what another wrote leaves it in the audit log."""
    if user_id != row.user_id:
        await audit(tx, deed, "interaction", row.interaction_id, {"reply": str(row.id)})
