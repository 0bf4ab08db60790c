"""What crm adds to the system."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from tongdai.crm import api, api_catalogue
from tongdai.crm.events import ContactChanged, ContactErased, ContactsMerged, MergeUndone
from tongdai.crm.flow_commands import teach
from tongdai.crm.search import SearchContacts
from tongdai.crm.sources import CustomerSources
from tongdai.flows.public import Performers
from tongdai.platform.auth import Extent, Permission
from tongdai.platform.database import Transaction
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Changed, Push
from tongdai.platform.registry import Registry
from tongdai.platform.search import SearchSources
from tongdai.tenancy.public import Subject, Subjects

_CONTACT = (
    "coalesce(nullif(t.name, ''), (SELECT i.value FROM identities i"
    " WHERE (i.tenant_id, i.contact_id) = (t.tenant_id, t.id) ORDER BY i.created_at LIMIT 1))"
)
"""A contact whom nobody has named yet goes by the first number or address."""
_CLIENTS = (Extent.PROJECT, Extent.TENANT)


def register(app: Registry) -> None:
    """Routes, permissions, pushes to open records, what flows may ask."""
    teach(app.ensure(Performers))
    app.ensure(CustomerSources)
    app.declare(
        Permission("contacts.see", "See contacts", _CLIENTS),
        Permission("contacts.edit", "Edit contacts, notes and consent", _CLIENTS),
        Permission("contacts.merge", "Merge contacts and take merges back", _CLIENTS),
        Permission("contacts.delete", "Archive contacts", _CLIENTS),
        Permission("contacts.erase", "Export and erase personal data", _CLIENTS),
        Permission("fields.edit", "Edit the fields of contacts"),
    )
    app.ensure(Subjects).add(
        Subject("contact", "contacts", name=_CONTACT, permission="contacts.see"),
        Subject("company", "companies", permission="contacts.see"),
        Subject("field", "contact_fields", name="t.label"),
    )
    app.add_routes(api.router)
    app.add_routes(api_catalogue.router)
    app.ensure(SearchSources).add(SearchContacts())
    facts = [ContactChanged, ContactsMerged, MergeUndone, ContactErased]
    app.hub.publish(facts, publish, topics=lambda events: {f"contact:{one}" for one in _changed(events)})
    app.hub.describe(contact_changed=Changed)


async def publish(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """Who has a contact open learns that it changed; both sides of a merge do."""
    projects = await tx.fetch_tuples(
        "SELECT id, project_id FROM contacts WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
        {"ids": list(_changed(events))},
    )
    return [
        Push(
            f"contact:{one}",
            "contact.changed",
            Changed(id=one),
            permission="contacts.see",
            project_id=project,
        )
        for one, project in projects
    ]


def _changed(events: Sequence[Recorded]) -> set[UUID]:
    """The contacts that these facts are about."""
    changed = {event.fact.aggregate_id for event in events}
    return changed | {e.fact.merged_id for e in events if isinstance(e.fact, ContactsMerged | MergeUndone)}
