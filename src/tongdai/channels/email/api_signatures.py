"""Routes of signatures, for administrators."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from tongdai.channels.email.schemas import Signature, SignatureChange, SignatureIn
from tongdai.channels.email.signatures import SIGNATURES
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Transaction
from tongdai.platform.http import Me, Page, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.tenancy.public import audit, changed_fields

router = APIRouter(prefix="/api/v1/signatures", tags=["email"])
EDIT = "mailboxes.edit"
_OF = {"mailbox_id": "mailboxes", "queue_id": "queues", "team_id": "teams"}


async def _changed(tx: Transaction, row_id: UUID, what: str, **fields: Any) -> Signature:
    await audit(tx, f"signature.{what}", "signature", row_id, fields)
    return await SIGNATURES.get(tx, row_id)


@router.get("")
async def list_signatures(me: Me, tx: Tx, asked: Asked) -> Page[Signature]:
    me.reach(EDIT)
    return await listed(tx, SIGNATURES, asked)


@router.post("", status_code=201)
async def post_signature(body: SignatureIn, me: Me, tx: Tx) -> Signature:
    me.reach(EDIT)
    values = body.model_dump()
    await check_chosen(tx, values, _OF)
    return await _changed(tx, await SIGNATURES.add(tx, values), "created")


@router.get("/{signature_id}")
async def get_signature(signature_id: UUID, me: Me, tx: Tx) -> Signature:
    me.reach(EDIT)
    return await SIGNATURES.get(tx, signature_id)


@router.patch("/{signature_id}")
async def patch_signature(signature_id: UUID, body: SignatureChange, me: Me, tx: Tx) -> Signature:
    me.reach(EDIT)
    await SIGNATURES.lock(tx, signature_id, body.version)
    values = body.values()
    await check_chosen(tx, values, _OF)
    await SIGNATURES.change(tx, signature_id, values)
    return await _changed(tx, signature_id, "changed", **changed_fields(values))


@router.delete("/{signature_id}", status_code=204)
async def delete_signature(signature_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await SIGNATURES.archive(tx, signature_id)
    await _changed(tx, signature_id, "archived")


@router.post("/{signature_id}/restore")
async def restore_signature(signature_id: UUID, me: Me, tx: Tx) -> Signature:
    me.reach(EDIT)
    await SIGNATURES.archive(tx, signature_id, archived=False)
    return await _changed(tx, signature_id, "restored")
