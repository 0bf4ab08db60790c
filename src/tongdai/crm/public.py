"""What other modules may use of crm."""

from uuid import UUID

from tongdai.crm.repository import Contacts, Known
from tongdai.crm.schemas import ContactView, Matter, Note, ScreenPop, TimelineEntry
from tongdai.crm.services.contacts import recognise
from tongdai.crm.sources import CustomerSource, CustomerSources, Place
from tongdai.crm.views import matching_ids as search_contact_ids
from tongdai.crm.views import screen_pop
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.platform.http import Ref

__all__ = [
    "ContactView",
    "CustomerSource",
    "CustomerSources",
    "Known",
    "Matter",
    "Note",
    "Place",
    "ScreenPop",
    "TimelineEntry",
    "candidates",
    "choose_contact",
    "group_of",
    "names_of",
    "recognise",
    "screen_pop",
    "search_contact_ids",
]


async def candidates(tx: Transaction, number: str) -> list[Ref]:
    """Who has this number (E.164)."""
    return [Ref(id=one.id, name=one.name) for one in await Contacts(tx).by_identity("phone", number)]


async def choose_contact(tx: Transaction, contact_id: UUID) -> Known:
    """The contact that an agent picked for an interaction (the one that it was merged into, if it was). Raises Invalid."""
    row = await Contacts(tx).find(contact_id)
    if row is not None and row.root_id is not None:
        row = await Contacts(tx).find(row.root_id)
    if row is None or row.archived:
        raise invalid_field("contact_id", "There is no such contact: choose one from the list.")
    return Known(row.id, row.name, row.language)


async def group_of(tx: Transaction, contact_id: UUID) -> list[UUID]:
    """The contact with all that are merged with it: what is asked about one is asked about all."""
    row = await Contacts(tx).find(contact_id)
    return await Contacts(tx).group(row.root_id or row.id) if row else []


async def names_of(tx: Transaction, contact_ids: list[UUID]) -> dict[UUID, tuple[UUID, str, str | None]]:
    """contact → (the contact it stands for now, its name, its company), for lists."""
    rows = await tx.fetch_tuples(
        "SELECT c.id, k.id, k.name, f.name FROM contacts c"
        " JOIN contacts k ON k.tenant_id = c.tenant_id AND k.id = coalesce(c.root_id, c.id)"
        " LEFT JOIN companies f ON (f.tenant_id, f.id) = (k.tenant_id, k.company_id)"
        " WHERE c.tenant_id = %(tenant)s AND c.id = ANY(%(ids)s)",
        {"ids": contact_ids},
    )
    return {contact: (root, name, company) for contact, root, name, company in rows}
