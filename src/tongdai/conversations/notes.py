"""Correcting what an agent noted, after the wrap-up."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.conversations import views
from tongdai.conversations.assignments import Assignments
from tongdai.conversations.errors import NotInState
from tongdai.conversations.events import InteractionMoved
from tongdai.conversations.repository import InteractionRow, Interactions
from tongdai.conversations.schemas import NotesIn
from tongdai.conversations.service import edit, lock
from tongdai.conversations.sources import InteractionSources
from tongdai.platform.database import Transaction
from tongdai.platform.errors import StaleVersion
from tongdai.tenancy.public import audit, changed_fields


async def correct(
    tx: Transaction,
    interaction_id: UUID,
    body: NotesIn,
    at: datetime,
    sources: InteractionSources,
    locale: str,
) -> InteractionRow:
    """Write the note and the result onto the last agent's part. Raises StaleVersion, NotInState when nobody took it."""
    row = await lock(tx, interaction_id)
    if row.version != body.version:
        current = await views.detail(tx, row, sources, locale)
        raise StaleVersion(current=current.model_dump(mode="json"))
    values = body.values()
    last = await Assignments(tx).last_taken(interaction_id)
    if last is None:
        raise NotInState("No agent took this contact, so there is nothing to note on.")
    await edit(tx, last, note=values.get("note"), disposition_id=values.get("disposition_id"))
    disposition_id = values.get("disposition_id", row.disposition_id)
    after = replace(row, disposition_id=disposition_id, version=row.version + 1)
    await Interactions(tx).save(after)
    tx.emit(
        InteractionMoved(
            aggregate_id=row.id,
            aggregate_version=after.version,
            at=at,
            channel=row.channel,
            direction=row.direction,
            phase=row.phase,
            project_id=row.project_id,
            queue_id=row.queue_id,
            user_id=row.user_id,
            contact_id=row.contact_id,
        )
    )
    await audit(tx, "interaction.notes_corrected", "interaction", row.id, changed_fields(values))
    return after
