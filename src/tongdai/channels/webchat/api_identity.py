"""Routes of signed visitors: a browser shows what its site's server has signed; administrators make the secrets for that."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.errors import TooFast
from tongdai.channels.webchat import identity, service, views
from tongdai.channels.webchat.callers import TokenHeader, address_of, widget_of
from tongdai.channels.webchat.policies import Bucket
from tongdai.channels.webchat.repository import Proofs, SecretRow
from tongdai.channels.webchat.schemas import Identify, Opened, SecretMade, SecretView
from tongdai.channels.webchat.widgets import WIDGETS
from tongdai.people import public as people
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.http import Me, Ref, RuntimeOf, Tx
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import KeyRing

router = APIRouter(prefix="/api/v1/chat/{key}", tags=["visitors"])
admin = APIRouter(prefix="/api/v1", tags=["webchat"])
EDIT = "widgets.edit"
SHOWN = Bucket(burst=20, rate=0.2)
"""By visitor: a window shows one proof an hour, or one a page."""
FROM_ONE = Bucket(burst=200, rate=5.0)
"""By address: a whole office may be behind one."""


def _calm(runtime: Runtime, key: str, request: Request, token: str) -> None:
    now = runtime.clock.now().timestamp()
    if not FROM_ONE.takes(f"{key} {address_of(request)}", now) or not SHOWN.takes(token, now):
        raise TooFast()


@router.post("/identify")
async def post_identify(
    key: str, body: Identify, request: Request, runtime: RuntimeOf, token: TokenHeader
) -> Opened:
    """The site's server says who the visitor is. The chat as it stands then: with another token where the browser was another
    customer's before."""
    widget, at = await widget_of(runtime, key), runtime.clock.now()
    _calm(runtime, key, request, token)
    ring = KeyRing(runtime.settings.key_ring)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        proof = await identity.read(tx, widget, body, ring, at)
        dialogues = runtime.get(TextDialogues)
        visitor, another = await identity.identify(tx, dialogues, widget, visitor, proof, at)
        return await views.opened(tx, widget, visitor, another or token, at)


@router.post("/leave", status_code=204)
async def post_leave(key: str, request: Request, runtime: RuntimeOf, token: TokenHeader) -> None:
    """The customer has signed out on the site: the chat is over, and the token is good for nothing any more."""
    widget = await widget_of(runtime, key)
    _calm(runtime, key, request, token)
    async with runtime.database.transaction(Scope(widget.tenant_id)) as tx:
        visitor = await service.visitor_of(tx, widget, token, lock=True)
        await identity.leave(tx, runtime.get(TextDialogues), visitor, runtime.clock.now())


# Secrets


@admin.get("/widgets/{widget_id}/secrets")
async def get_secrets(widget_id: UUID, me: Me, tx: Tx) -> list[SecretView]:
    """Those by which the site's server may sign, oldest first; what they are is told to nobody again."""
    me.reach(EDIT)
    await WIDGETS.get(tx, widget_id)
    return await _shown(tx, await Proofs(tx).secrets(widget_id))


@admin.post("/widgets/{widget_id}/secrets", status_code=201)
async def post_secret(widget_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> SecretMade:
    """Make another. Two are valid at once, so that the site's server changes from one to the other without a gap."""
    me.reach(EDIT)
    await WIDGETS.lock(tx, widget_id)
    at: datetime = runtime.clock.now()
    ring = KeyRing(runtime.settings.key_ring)
    row, secret = await identity.make_secret(tx, widget_id, ring, me.user_id, at)
    (view,) = await _shown(tx, [row])
    return SecretMade(**view.model_dump(), secret=secret)


@admin.delete("/widgets/{widget_id}/secrets/{secret_id}", status_code=204)
async def delete_secret(widget_id: UUID, secret_id: UUID, me: Me, tx: Tx) -> None:
    """What is signed by it is refused from now on; who was identified by it stays so until their proof ends."""
    me.reach(EDIT)
    await WIDGETS.lock(tx, widget_id)
    await identity.remove_secret(tx, widget_id, secret_id)


async def _shown(tx: Transaction, rows: list[SecretRow]) -> list[SecretView]:
    users = list({row.made_by for row in rows if row.made_by})
    names = {one.id: one.name for one in await people.list_people(tx, users)} if users else {}
    return [
        SecretView(
            id=row.id,
            hint=row.hint,
            made_at=row.made_at,
            made_by=Ref(id=row.made_by, name=names.get(row.made_by, "")) if row.made_by else None,
        )
        for row in rows
    ]
