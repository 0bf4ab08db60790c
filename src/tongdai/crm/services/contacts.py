"""Contacts: recognised, made, edited. A merged contact's id leads to the one that it was merged into."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.crm import views
from tongdai.crm.errors import Erased
from tongdai.crm.events import ContactChanged
from tongdai.crm.policies import FieldKind, checked_value, normalised_identity
from tongdai.crm.repositories.words import Words
from tongdai.crm.repository import FIELDS, ContactRow, Contacts, Known, name_columns
from tongdai.crm.schemas import ConsentIn, ContactChange, ContactIn, Identity, IdentityIn, Note, NoteIn
from tongdai.crm.sources import CustomerSources
from tongdai.people import public as people
from tongdai.platform.auth import WIDTH, Extent, Reach
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound, StaleVersion, WrongValue, invalid_field
from tongdai.tenancy.public import audit, changed_fields, country_of

CHANGE_WORDS = frozenset({
    "contact.changed",
    "contact.archived",
    "contact.restored",
    "contact.identity_added",
    "contact.identity_removed",
})  # fmt: skip
"""After these a contact is found otherwise than before."""


def caller(number: str) -> str:
    """Whoever makes a contact of this phone number does it alone."""
    return f"phone:{number}"


async def recognise(
    tx: Transaction, number: str | None, *, name: str, at: datetime, project_id: UUID | None = None
) -> Known | None:
    """The contact behind a phone number (E.164); an unknown number becomes a new contact.

    None for withheld and internal numbers (`number` None), and when several people share the number: then the agent picks.
    Two first calls of one unknown number at once make one contact: a transaction that was begun `alone` with `caller(number)`
    needs no further trip for that.
    """
    return None if number is None else await _recognise(tx, "phone", number, name, at, project_id)


async def recognise_address(
    tx: Transaction, address: str, *, name: str, at: datetime, project_id: UUID | None = None
) -> Known | None:
    """The same by an e-mail address in lower case. Who writes it has proven nothing: it says whose record to look at, no more."""
    return await _recognise(tx, "email", address, name, at, project_id)


async def _recognise(
    tx: Transaction, kind: str, value: str, name: str, at: datetime, project_id: UUID | None
) -> Known | None:
    contacts = Contacts(tx)
    await tx.keep_alone(f"{kind}:{value}")
    known = await contacts.by_identity(kind, value)
    if len(known) > 1:
        return None
    if known:
        return known[0]
    contact_id = await contacts.add_unknown(kind, value, value, at, project_id)
    tx.emit(ContactChanged(aggregate_id=contact_id, aggregate_version=1, project_id=project_id))
    return Known(contact_id, name, None, project_id)


async def make_visitor(tx: Transaction, name: str, at: datetime, project_id: UUID | None) -> UUID:
    """A contact for somebody who says a name and has proven nothing: no identity by which they would be taken for another."""
    contact_id = await Contacts(tx).add({"project_id": project_id, **name_columns(name)}, at)
    await Words(tx).renew([contact_id])
    tx.emit(ContactChanged(aggregate_id=contact_id, aggregate_version=1, project_id=project_id))
    return contact_id


async def signed_customer(
    tx: Transaction, name: str, address: str, at: datetime, project_id: UUID | None
) -> UUID:
    """The contact for somebody of whom a site's server has signed who they are: the one who has this e-mail address (in lower
    case), where exactly one has; else a new one."""
    contacts = Contacts(tx)
    if address:
        await tx.keep_alone(f"email:{address}")
        known = await contacts.by_identity("email", address)
        if len(known) == 1:
            return known[0].id
    contact_id = await contacts.add({"project_id": project_id, **name_columns(name)}, at)
    if address:
        await contacts.add_identity(contact_id, "email", address, address)
    await Words(tx).renew([contact_id])
    tx.emit(ContactChanged(aggregate_id=contact_id, aggregate_version=1, project_id=project_id))
    return contact_id


async def root_of(tx: Transaction, contact_id: UUID, reach: Reach, *, lock: bool = False) -> ContactRow:
    """The contact, or the one that it was merged into, if within reach. Raises NotFound."""
    contacts = Contacts(tx)
    if lock:
        await Words(tx).keep_companies()
    row = await contacts.find(contact_id, lock=lock)
    if row is not None and row.root_id is not None:
        row = await contacts.find(row.root_id, lock=lock)
        if row is not None and row.root_id is not None:  # merged on while we waited for the lock
            return await root_of(tx, row.root_id, reach, lock=lock)
    if row is None or not covers(reach, row):
        raise NotFound()
    return row


def covers(reach: Reach, row: ContactRow) -> bool:
    if reach.everything:
        return True
    return WIDTH[reach.extent] >= WIDTH[Extent.PROJECT] and row.project_id in reach.project_ids


async def create(tx: Transaction, reach: Reach, new: ContactIn, at: datetime) -> UUID:
    if not reach.everything and new.project_id not in reach.project_ids:
        raise invalid_field("project_id", "Choose one of your projects.", "own_project")
    values = new.model_dump(exclude={"identities", "name"}) | name_columns(new.name)
    values["fields"] = await _checked_fields(tx, new.fields, {})
    await _check_agent(tx, new.agent_id)
    await Words(tx).keep_companies()
    contact_id = await Contacts(tx).add(values, at)
    country = await country_of(tx)
    for index, identity in enumerate(new.identities):
        value = _normalised(identity, country, f"identities.{index}.value")
        await Contacts(tx).add_identity(contact_id, identity.kind, value, identity.value)
    await Words(tx).renew([contact_id])
    tx.emit(ContactChanged(aggregate_id=contact_id, aggregate_version=1, project_id=new.project_id))
    await audit(tx, "contact.created", "contact", contact_id)
    return contact_id


async def change(
    tx: Transaction, reach: Reach, contact_id: UUID, body: ContactChange, sources: CustomerSources
) -> UUID:
    """Raises StaleVersion with the `current` contact."""
    row = await _alive(tx, contact_id, reach)
    if row.version != body.version:
        current = await views.contact(tx, row, sources)
        raise StaleVersion(current=current.model_dump(mode="json"))
    values: dict[str, Any] = body.values()
    written = {name: value for name, value in values.items() if name != "name"}
    if "name" in values:
        written |= name_columns(body.name)
    await _check_agent(tx, values.get("agent_id"))
    if "fields" in values:
        written["fields"] = await _checked_fields(tx, body.fields, row.fields)
    await _edited(tx, row, "contact.changed", changed_fields(values), written)
    return row.id


async def archive(tx: Transaction, reach: Reach, contact_id: UUID, *, archived: bool) -> UUID:
    row = await root_of(tx, contact_id, reach, lock=True)
    if row.erased_at is not None:
        raise Erased()
    await _edited(tx, row, "contact.archived" if archived else "contact.restored", {}, {"archived": archived})
    return row.id


async def add_identity(tx: Transaction, reach: Reach, contact_id: UUID, new: IdentityIn) -> Identity:
    """A number or address; normalised, and kept as it was written too."""
    row = await _alive(tx, contact_id, reach)
    value = _normalised(new, await country_of(tx), "value")
    identity_id = await Contacts(tx).add_identity(row.id, new.kind, value, new.value.strip())
    await _edited(tx, row, "contact.identity_added", {"identity_id": str(identity_id), "kind": new.kind})
    return next(
        one for one in (await views.identities(tx, {row.id: [row.id]}))[row.id] if one.id == identity_id
    )


async def remove_identity(tx: Transaction, reach: Reach, contact_id: UUID, identity_id: UUID) -> None:
    row = await _alive(tx, contact_id, reach)
    group = await Contacts(tx).group(row.id)
    if await Contacts(tx).remove_identity(group, identity_id) == 0:
        raise NotFound()
    await _edited(tx, row, "contact.identity_removed", {"identity_id": str(identity_id)})


async def add_note(tx: Transaction, reach: Reach, contact_id: UUID, new: NoteIn, at: datetime) -> Note:
    row = await _alive(tx, contact_id, reach)
    note_id = await Contacts(tx).add_note(row.id, new.text, new.interaction_id, at)
    await _edited(tx, row, "contact.note_added", {"note_id": str(note_id)})
    return await views.note(tx, note_id)


async def set_consent(tx: Transaction, reach: Reach, contact_id: UUID, new: ConsentIn, at: datetime) -> UUID:
    """What the contact said last counts; what was said before stays on record."""
    row = await _alive(tx, contact_id, reach)
    await Contacts(tx).add_consent(row.id, new.purpose, new.channel, new.state, new.source or "", at)
    await _edited(
        tx, row, "contact.consent", {"purpose": new.purpose, "channel": new.channel, "state": new.state}
    )
    return row.id


async def _check_agent(tx: Transaction, user_id: UUID | None) -> None:
    if user_id is not None and not await people.is_user(tx, user_id):
        raise invalid_field("agent_id", "There is no such user: choose one from the list.", "choose")


async def _alive(tx: Transaction, contact_id: UUID, reach: Reach) -> ContactRow:
    row = await root_of(tx, contact_id, reach, lock=True)
    if row.erased_at is not None:
        raise Erased()
    return row


async def _edited(
    tx: Transaction,
    row: ContactRow,
    action: str,
    details: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
) -> None:
    version = await Contacts(tx).change(row.id, values or {})
    if action in CHANGE_WORDS:
        await Words(tx).renew([row.id])
    tx.emit(ContactChanged(aggregate_id=row.id, aggregate_version=version, project_id=row.project_id))
    await audit(tx, action, "contact", row.id, details)


async def _checked_fields(
    tx: Transaction, given: Mapping[str, object], before: Mapping[str, str]
) -> dict[str, str]:
    """The given values, each by its definition; those of archived definitions are kept as they were."""
    definitions = {one.key: one for one in await FIELDS.page(tx, limit=200)}
    fields = {key: value for key, value in before.items() if key not in definitions}
    for key, value in given.items():
        definition = definitions.get(key)
        if definition is None:
            if before.get(key) == value:
                continue
            raise invalid_field(
                f"fields.{key}", f"There is no field {key}; an administrator can add it.", "unknown_field"
            )
        try:
            checked = checked_value(FieldKind(definition.kind), definition.options, value)
        except WrongValue as error:
            raise invalid_field(f"fields.{key}", str(error), error.rule) from error
        if checked is not None:
            fields[key] = checked
    return fields


def _normalised(identity: IdentityIn, country: str, field: str) -> str:
    try:
        return normalised_identity(identity.kind, identity.value, country)
    except WrongValue as error:
        raise invalid_field(field, str(error), error.rule) from error
