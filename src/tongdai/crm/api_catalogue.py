"""Routes of companies and of the fields that a tenant adds."""

from uuid import UUID

from fastapi import APIRouter

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
from tongdai.crm.services import catalogue
from tongdai.people.public import locale_of
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed

router = APIRouter(prefix="/api/v1", tags=["crm"])


@router.get("/contact-fields")
async def list_fields(me: Me, tx: Tx) -> list[FieldView]:
    """The tenant's own fields, for forms, in the reader's language."""
    me.reach("contacts.see")
    return await catalogue.fields(tx, await locale_of(tx, me.user_id))


@router.get("/companies")
async def list_company_rows(me: Me, tx: Tx, asked: Asked) -> Page[Company]:
    me.reach("contacts.see")
    return await listed(tx, COMPANIES, asked)


@router.post("/companies", status_code=201)
async def post_company(body: CompanyIn, me: Me, tx: Tx) -> Company:
    me.reach("contacts.edit")
    return await catalogue.create_company(tx, body)


@router.get("/companies/{company_id}")
async def get_company(company_id: UUID, me: Me, tx: Tx) -> Company:
    me.reach("contacts.see")
    return await COMPANIES.get(tx, company_id)


@router.patch("/companies/{company_id}")
async def patch_company(company_id: UUID, body: CompanyChange, me: Me, tx: Tx) -> Company:
    me.reach("contacts.edit")
    return await catalogue.change_company(tx, company_id, body)


@router.delete("/companies/{company_id}", status_code=204)
async def delete_company(company_id: UUID, me: Me, tx: Tx) -> None:
    me.reach("contacts.edit")
    await catalogue.archive_company(tx, company_id, archived=True)


@router.post("/companies/{company_id}/restore")
async def restore_company(company_id: UUID, me: Me, tx: Tx) -> Company:
    me.reach("contacts.edit")
    return await catalogue.archive_company(tx, company_id, archived=False)


@router.get("/contact-fields-admin")
async def list_field_rows(me: Me, tx: Tx, asked: Asked) -> Page[FieldDefinition]:
    me.reach("fields.edit")
    return await listed(tx, FIELDS, asked)


@router.post("/contact-fields-admin", status_code=201)
async def post_field(body: FieldIn, me: Me, tx: Tx) -> FieldDefinition:
    me.reach("fields.edit")
    return await catalogue.create_field(tx, body)


@router.get("/contact-fields-admin/{field_id}")
async def get_field(field_id: UUID, me: Me, tx: Tx) -> FieldDefinition:
    me.reach("fields.edit")
    return await FIELDS.get(tx, field_id)


@router.patch("/contact-fields-admin/{field_id}")
async def patch_field(field_id: UUID, body: FieldChange, me: Me, tx: Tx) -> FieldDefinition:
    me.reach("fields.edit")
    return await catalogue.change_field(tx, field_id, body)


@router.delete("/contact-fields-admin/{field_id}", status_code=204)
async def delete_field(field_id: UUID, me: Me, tx: Tx) -> None:
    me.reach("fields.edit")
    await catalogue.archive_field(tx, field_id, archived=True)


@router.post("/contact-fields-admin/{field_id}/restore")
async def restore_field(field_id: UUID, me: Me, tx: Tx) -> FieldDefinition:
    me.reach("fields.edit")
    return await catalogue.archive_field(tx, field_id, archived=False)
