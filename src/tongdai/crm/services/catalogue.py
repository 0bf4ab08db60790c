"""Companies, and the fields that a tenant adds to its contacts."""

from typing import Any
from uuid import UUID

from tongdai.crm.events import FieldsChanged
from tongdai.crm.policies import FieldKind
from tongdai.crm.repositories.words import Words
from tongdai.crm.repository import COMPANIES, FIELDS
from tongdai.crm.schemas import (
    Company,
    CompanyChange,
    CompanyIn,
    FieldChange,
    FieldDefinition,
    FieldIn,
    FieldView,
)
from tongdai.kit.text import fold, sort_key
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit, changed_fields, recorded


def _name(name: str) -> dict[str, str]:
    return {"name": name, "name_fold": fold(name), "name_sort": sort_key(name)}


async def create_company(tx: Transaction, new: CompanyIn) -> Company:
    company_id = await COMPANIES.add(tx, _name(new.name))
    await audit(tx, "company.created", "company", company_id)
    return await COMPANIES.get(tx, company_id)


async def change_company(tx: Transaction, company_id: UUID, body: CompanyChange) -> Company:
    values = body.values()
    if "name" in values:
        await Words(tx).hold_contacts()
    await COMPANIES.lock(tx, company_id, body.version)
    await COMPANIES.change(tx, company_id, _name(body.name) if "name" in values else {})
    if "name" in values:
        await Words(tx).renew_of_company(company_id)
    await audit(tx, "company.changed", "company", company_id, changed_fields(values))
    return await COMPANIES.get(tx, company_id)


async def archive_company(tx: Transaction, company_id: UUID, *, archived: bool) -> Company:
    await COMPANIES.archive(tx, company_id, archived=archived)
    await audit(tx, "company.archived" if archived else "company.restored", "company", company_id)
    return await COMPANIES.get(tx, company_id)


async def fields(tx: Transaction, locale: str) -> list[FieldView]:
    """The fields as forms show them."""
    return [
        FieldView(
            key=one.key,
            label=one.label.get(locale) or one.label.get("en") or next(iter(one.label.values()), one.key),
            kind=one.kind,
            choices=one.options,
            pauses_recording=one.pauses_recording,
        )
        for one in (await FIELDS.page(tx, limit=200))
    ]


async def field_pauses_recording(tx: Transaction, key: str) -> bool:
    """Whether what is said while this field is filled in is kept out of recordings."""
    return any(one.key == key and one.pauses_recording for one in await FIELDS.page(tx, limit=200))


async def create_field(tx: Transaction, new: FieldIn) -> FieldDefinition:
    _check_choices(new.kind, new.options)
    field_id = await FIELDS.add(tx, new.model_dump(mode="json"))
    await recorded(tx, FieldsChanged, "field.created", field_id, 1, {"key": new.key})
    return await FIELDS.get(tx, field_id)


async def change_field(tx: Transaction, field_id: UUID, body: FieldChange) -> FieldDefinition:
    before = await FIELDS.lock(tx, field_id, body.version)
    values: dict[str, Any] = body.values()
    if "options" in values:
        _check_choices(before.kind, body.options)
    version = await FIELDS.change(tx, field_id, values)
    await recorded(tx, FieldsChanged, "field.changed", field_id, version, values)
    return await FIELDS.get(tx, field_id)


async def archive_field(tx: Transaction, field_id: UUID, *, archived: bool) -> FieldDefinition:
    """The contacts keep the field's values: restoring it brings them back."""
    version = await FIELDS.archive(tx, field_id, archived=archived)
    action = "field.archived" if archived else "field.restored"
    await recorded(tx, FieldsChanged, action, field_id, version, {})
    return await FIELDS.get(tx, field_id)


def _check_choices(kind: FieldKind, options: list[str]) -> None:
    if (kind is FieldKind.CHOICE) != bool(options):
        raise invalid_field("options", "A choice needs its options, and only a choice has them.", "options")
