"""Routes of mailboxes for administrators, and of a mail's HTML for who may read its conversation."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from tongdai.channels.email import mailboxes
from tongdai.channels.email.mailboxes import MAILBOXES, Mailboxes, written_values
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.schemas import Mailbox, MailboxChange, MailboxIn, Trials
from tongdai.channels.email.service import CHANNEL
from tongdai.channels.email.trying import try_both
from tongdai.channels.events import MailboxChanged
from tongdai.conversations.public import readable
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.platform.sealed import KeyRing
from tongdai.routing.public import queue_rules
from tongdai.tenancy.public import audit, changed_fields

router = APIRouter(prefix="/api/v1", tags=["email"])
EDIT = "mailboxes.edit"


async def _changed(tx: Transaction, mailbox_id: UUID, what: str, **fields: object) -> Mailbox:
    row = await MAILBOXES.get(tx, mailbox_id)
    tx.emit(MailboxChanged(aggregate_id=row.id, aggregate_version=row.version))
    await audit(tx, f"mailbox.{what}", "mailbox", mailbox_id, fields)
    return row


async def _check_queue(tx: Transaction, queue_id: UUID | None) -> None:
    try:
        right = queue_id is not None and (await queue_rules(tx, queue_id)).channel == CHANNEL
    except NotFound:
        right = False
    if not right:
        raise invalid_field("queue_id", "Choose a queue for e-mails.", "choose")


@router.get("/mailboxes")
async def list_mailboxes(me: Me, tx: Tx, asked: Asked) -> Page[Mailbox]:
    me.reach(EDIT)
    return await listed(tx, MAILBOXES, asked)


@router.post("/mailboxes", status_code=201)
async def post_mailbox(body: MailboxIn, me: Me, tx: Tx, runtime: RuntimeOf) -> Mailbox:
    """It is read from now on: older mails stay where they are."""
    me.reach(EDIT)
    await _check_queue(tx, body.queue_id)
    row_id = await mailboxes.add(tx, body, KeyRing(runtime.settings.key_ring), runtime.clock.now())
    return await _changed(tx, row_id, "created")


@router.get("/mailboxes/{mailbox_id}")
async def get_mailbox(mailbox_id: UUID, me: Me, tx: Tx) -> Mailbox:
    me.reach(EDIT)
    return await MAILBOXES.get(tx, mailbox_id)


@router.patch("/mailboxes/{mailbox_id}")
async def patch_mailbox(mailbox_id: UUID, body: MailboxChange, me: Me, tx: Tx, runtime: RuntimeOf) -> Mailbox:
    """An empty password leaves the present one. Another server asks for it again: a password goes to no other server."""
    me.reach(EDIT)
    before = await MAILBOXES.lock(tx, mailbox_id, body.version)
    values: dict[str, Any] = body.model_dump(mode="json", exclude_unset=True, exclude={"version"})
    values |= {name: getattr(body, name) for name in ("queue_id", "project_id") if name in values}
    if "queue_id" in values:
        await _check_queue(tx, body.queue_id)
    elsewhere = any(
        new is not None and (new.host, new.security) != (old.host, old.security)
        for new, old in ((body.imap, before.imap), (body.smtp, before.smtp))
    )
    if elsewhere and before.has_password and not body.password:
        raise invalid_field("password", "Another server is named: write the password again.", "required")
    ring = KeyRing(runtime.settings.key_ring)
    await MAILBOXES.change(tx, mailbox_id, written_values(mailbox_id, values, body.password, ring))
    return await _changed(tx, mailbox_id, "changed", **changed_fields(values))


@router.delete("/mailboxes/{mailbox_id}", status_code=204)
async def delete_mailbox(mailbox_id: UUID, me: Me, tx: Tx) -> None:
    """Put aside: it is not read any more, and its conversations cannot be answered by mail."""
    me.reach(EDIT)
    await MAILBOXES.archive(tx, mailbox_id)
    await _changed(tx, mailbox_id, "archived")


@router.post("/mailboxes/{mailbox_id}/restore")
async def restore_mailbox(mailbox_id: UUID, me: Me, tx: Tx) -> Mailbox:
    me.reach(EDIT)
    await MAILBOXES.archive(tx, mailbox_id, archived=False)
    return await _changed(tx, mailbox_id, "restored")


@router.post("/mailboxes/{mailbox_id}/try")
async def post_try(mailbox_id: UUID, me: Me, runtime: RuntimeOf) -> Trials:
    """Sign in to both servers, and say what is wrong."""
    me.reach(EDIT)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await Mailboxes(tx).get(mailbox_id)
    if row is None:
        raise NotFound()
    return await try_both(row, KeyRing(runtime.settings.key_ring))


_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>html{{background:#fff;color:#111;'
    "font:14px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}}body{{margin:12px}}img{{max-width:100%;height:auto}}"
    "table{{max-width:100%}}</style>{html}"
)


@router.get("/mails/{mail_id}/page", response_class=Response)
async def get_page(mail_id: UUID, me: Me, tx: Tx, images: bool = False) -> Response:
    """The mail as its sender wanted it to look, without what could run. Images of others' servers only when asked for: they tell
    the sender that, when and where it was read."""
    me.reach("interactions.see")
    row = await Mails(tx).get(mail_id)
    if row is None or row.conversation_id is None:
        raise NotFound()
    await readable(tx, me, row.conversation_id)
    page = _PAGE.format(html=await Mails(tx).html(mail_id))
    policy = _POLICY.format(images="https: http: data:" if images else "data:")
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)
