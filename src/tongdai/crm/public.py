"""What other modules may use of crm."""

from datetime import datetime

from tongdai.crm.repository import Contacts, Known
from tongdai.platform.database import Transaction

__all__ = ["Known", "recognise"]


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
