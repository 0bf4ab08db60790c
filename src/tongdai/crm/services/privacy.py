"""What a person may ask of us: to see all that is stored about them, and to be forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm import views
from tongdai.crm.events import ContactErased
from tongdai.crm.repository import Contacts
from tongdai.crm.services.contacts import root_of
from tongdai.crm.sources import CustomerSources
from tongdai.platform.auth import Reach
from tongdai.platform.database import Transaction
from tongdai.tenancy.public import audit


async def export(tx: Transaction, reach: Reach, contact_id: UUID, sources: CustomerSources) -> dict[str, Any]:
    """Everything about a contact, from every module, as plain values."""
    row = await root_of(tx, contact_id, reach)
    group = await Contacts(tx).group(row.id)
    exported: dict[str, Any] = {
        "contact": (await views.contact(tx, row, sources)).model_dump(mode="json"),
        "notes": [note.model_dump(mode="json") for note in await views.notes(tx, group)],
        "consent_history": [
            one.model_dump(mode="json") for one in await views.consents(tx, group, every=True)
        ],
    }
    for source in sources.all:
        exported[source.name] = await source.export(tx, group)
    await audit(tx, "contact.exported", "contact", row.id)
    return exported


async def erase(
    tx: Transaction, reach: Reach, contact_id: UUID, sources: CustomerSources, at: datetime
) -> None:
    """Forget the person in every module. The emptied rows stay: figures must still add up. Cannot be undone."""
    row = await root_of(tx, contact_id, reach, lock=True)
    group = await Contacts(tx).group(row.id)
    for source in sources.all:
        await source.erase(tx, group, at)
    await Contacts(tx).forget(group, at)
    tx.emit(ContactErased(aggregate_id=row.id, aggregate_version=row.version + 1))
    await audit(tx, "contact.erased", "contact", row.id, {"contacts": [str(one) for one in group]})
