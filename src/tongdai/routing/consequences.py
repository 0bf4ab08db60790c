"""What choosing a result does besides: the number is not called any more, or the agent calls again, then."""

from datetime import datetime, timedelta
from uuid import UUID

from tongdai.conversations import public as conversations
from tongdai.conversations.public import AssignmentRow, DispositionRule, InteractionRow
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.routing.callbacks import service as callbacks
from tongdai.tenancy.public import audit


class DoNotCallPort:
    """By which module telephony keeps numbers from being called. Without it: nothing happens."""

    async def add(self, tx: Transaction, number: str, until: datetime | None, by: UUID) -> None:
        """Put a number (E.164) on the list; one that is on it already stays as it is."""


async def take_effect(
    tx: Transaction,
    port: DoNotCallPort,
    row: AssignmentRow,
    rule: DispositionRule | None,
    at: datetime,
    callback_at: datetime | None = None,
) -> None:
    """In the transaction that finishes the contact. Without a number there is nothing to do; a callback needs its time, so that a
    wrap-up that ran out promises none. Raises Invalid for a time at which nobody is called."""
    if rule is None or rule.consequence is None or row.no_consequence or row.party:
        return
    interaction = await conversations.lock(tx, row.interaction_id)
    if interaction.peer is None or interaction.direction == "internal":
        return
    if rule.consequence == "do_not_call":
        days = rule.consequence_days
        await port.add(tx, interaction.peer, at + timedelta(days=days) if days else None, row.user_id)
    elif callback_at is not None:
        await _promise(tx, interaction, row, at, callback_at)


async def _promise(
    tx: Transaction, interaction: InteractionRow, row: AssignmentRow, at: datetime, callback_at: datetime
) -> None:
    assert interaction.peer is not None
    if not at < callback_at <= at + callbacks.LONGEST_AHEAD:
        raise invalid_field("callback_at", "Choose a time within the next 90 days.", "too_late")
    wish = callbacks.Ask(
        number=interaction.peer,
        user_id=row.user_id,
        asked_by=row.user_id,
        contact_id=interaction.contact_id,
        project_id=interaction.project_id,
        language=interaction.language,
        note=row.note[:2000],
        due_at=callback_at,
    )
    try:
        promised, _ = await callbacks.ask(tx, wish, at)
    except callbacks.OutsideHours as error:
        message = "Nobody is called at that time: choose one within the customer's day."
        raise invalid_field("callback_at", message, "outside_hours") from error
    await audit(
        tx,
        "callback.created",
        "callback",
        promised.id,
        {"interaction_id": str(interaction.id)},
        by=row.user_id,
    )
