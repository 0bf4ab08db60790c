"""What other modules may use of crm."""

from datetime import datetime
from uuid import UUID

from tongdai.crm.repository import ContactRef, Contacts, Known
from tongdai.platform.database import Transaction

__all__ = ["ContactRef", "Known", "contact_refs", "recognise", "sharing_number"]


async def recognise(tx: Transaction, number: str | None, *, name: str, at: datetime) -> Known | None:
    """The contact behind a phone number (E.164); an unknown number becomes a new contact.

    None for withheld and internal numbers (`number` None), and when several people share the number: then the agent picks.
    """
    if number is None:
        return None
    known = await Contacts(tx).by_identity("phone", number)
    if len(known) > 1:
        return None
    if known:
        return known[0]
    contact_id = await Contacts(tx).add_unknown("phone", number, number, at)
    return Known(contact_id, name, None)


async def contact_refs(tx: Transaction, contact_ids: list[UUID]) -> dict[UUID, ContactRef]:
    """Name and company of contacts; merged ones as what they were merged into."""
    return await Contacts(tx).refs(contact_ids) if contact_ids else {}


async def sharing_number(tx: Transaction, number: str) -> list[Known]:
    """Everybody who has this phone number, for the agent to pick from."""
    return await Contacts(tx).by_identity("phone", number)
