"""What other modules may use of crm."""

from uuid import UUID

from tongdai.crm.repositories.words import Words
from tongdai.crm.repository import ContactRef, Contacts, Known
from tongdai.crm.schemas import ContactView, Matter, Note, ScreenPop, TimelineEntry
from tongdai.crm.services.catalogue import field_pauses_recording
from tongdai.crm.services.contacts import (
    caller,
    make_visitor,
    recognise,
    recognise_address,
    signed_customer,
)
from tongdai.crm.services.merges import merge_visitor
from tongdai.crm.sources import CustomerSource, CustomerSources, Place
from tongdai.crm.views import matching_ids as search_contact_ids
from tongdai.crm.views import screen_pop
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field

__all__ = [
    "ContactRef",
    "ContactView",
    "CustomerSource",
    "CustomerSources",
    "Known",
    "Matter",
    "Note",
    "Place",
    "ScreenPop",
    "TimelineEntry",
    "caller",
    "choose_contact",
    "contact_refs",
    "email_of",
    "field_pauses_recording",
    "group_of",
    "has_refused",
    "make_findable",
    "make_visitor",
    "merge_visitor",
    "own_agent",
    "recognise",
    "recognise_address",
    "screen_pop",
    "search_contact_ids",
    "sharing_numbers",
    "signed_customer",
]


async def choose_contact(tx: Transaction, contact_id: UUID) -> Known:
    """The contact that an agent picked for an interaction (the one that it was merged into, if it was). Raises Invalid."""
    row = await Contacts(tx).find(contact_id)
    if row is not None and row.root_id is not None:
        row = await Contacts(tx).find(row.root_id)
    if row is None or row.archived:
        raise invalid_field("contact_id", "There is no such contact: choose one from the list.", "choose")
    return Known(row.id, row.name, row.language)


async def make_findable(tx: Transaction, contact_ids: list[UUID]) -> None:
    """For contacts that were stored by other means than this module's."""
    await Words(tx).renew(contact_ids)


async def group_of(tx: Transaction, contact_id: UUID) -> list[UUID]:
    """The contact with all that are merged with it: what is asked about one is asked about all."""
    row = await Contacts(tx).find(contact_id)
    return await Contacts(tx).group(row.root_id or row.id) if row else []


async def has_refused(tx: Transaction, contact_id: UUID, purpose: str, channel: str) -> bool:
    """Whether this customer does not want to be contacted for this purpose on this channel."""
    return await Contacts(tx).refused(await group_of(tx, contact_id), purpose, channel)


async def email_of(tx: Transaction, contact_id: UUID) -> str | None:
    """The customer's e-mail address, if one is known."""
    return await Contacts(tx).address_of(await group_of(tx, contact_id), "email")


async def contact_refs(tx: Transaction, contact_ids: list[UUID]) -> dict[UUID, ContactRef]:
    """Name and company of contacts; merged ones as what they were merged into."""
    return await Contacts(tx).refs(contact_ids) if contact_ids else {}


async def sharing_numbers(tx: Transaction, numbers: list[str]) -> dict[str, list[Known]]:
    """Everybody who has each of these phone numbers (E.164), for the agent to pick from."""
    return await Contacts(tx).sharing("phone", numbers) if numbers else {}


async def own_agent(tx: Transaction, contact_id: UUID) -> UUID | None:
    """The agent who looks after this contact, if one was chosen."""
    return await Contacts(tx).own_agent(contact_id)
