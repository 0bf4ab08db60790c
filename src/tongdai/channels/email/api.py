"""Routes of mailboxes for administrators, and of a mail's HTML for who may read its conversation."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from tongdai.channels.email import access, mailboxes
from tongdai.channels.email.beginning import CHANNEL
from tongdai.channels.email.files import pictures_of
from tongdai.channels.email.mailboxes import MAILBOXES, Mailboxes, written_values
from tongdai.channels.email.oauth import ProviderAway, SignInAgain
from tongdai.channels.email.pages import content_ids, with_pictures
from tongdai.channels.email.repository import Mails
from tongdai.channels.email.rules import Rule
from tongdai.channels.email.schemas import Mailbox, MailboxChange, MailboxIn, OAuth, SignInAt, Trials
from tongdai.channels.email.trying import try_both
from tongdai.channels.events import MailboxChanged, MailQueued
from tongdai.conversations.public import Attachments, readable
from tongdai.platform.chosen import check_chosen
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.errors import NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.platform.sealed import KeyRing
from tongdai.routing.public import queue_rules
from tongdai.tenancy.public import audit, changed_fields

router = APIRouter(prefix="/api/v1", tags=["email"])
EDIT = "mailboxes.edit"
Code = Annotated[str, Query(max_length=4000)]


async def _changed(tx: Transaction, mailbox_id: UUID, what: str, **fields: object) -> Mailbox:
    row = await MAILBOXES.get(tx, mailbox_id)
    tx.emit(MailboxChanged(aggregate_id=row.id, aggregate_version=row.version))
    await audit(tx, f"mailbox.{what}", "mailbox", mailbox_id, fields)
    return row


async def _check_queue(tx: Transaction, queue_id: UUID | None, field: str = "queue_id") -> None:
    try:
        right = queue_id is not None and (await queue_rules(tx, queue_id)).channel == CHANNEL
    except NotFound:
        right = False
    if not right:
        raise invalid_field(field, "Choose a queue for e-mails.", "choose")


async def _check_rules(tx: Transaction, rules: Sequence[Rule]) -> None:
    for place, rule in enumerate(rules):
        if rule.queue_id is not None:
            await _check_queue(tx, rule.queue_id, f"rules.{place}.queue_id")


def _check_oauth(sign_in: str, application: OAuth | None) -> None:
    if sign_in == "oauth" and application is None:
        raise invalid_field("oauth", "Say at which provider one signs in.", "required")


@router.get("/mailboxes")
async def list_mailboxes(me: Me, tx: Tx, asked: Asked) -> Page[Mailbox]:
    me.reach(EDIT)
    return await listed(tx, MAILBOXES, asked)


@router.post("/mailboxes", status_code=201)
async def post_mailbox(body: MailboxIn, me: Me, tx: Tx, runtime: RuntimeOf) -> Mailbox:
    """It is read from now on: older mails stay where they are."""
    me.reach(EDIT)
    await _check_queue(tx, body.queue_id)
    await _check_rules(tx, body.rules)
    await check_chosen(tx, {"flow_id": body.flow_id}, {"flow_id": "flows"})
    _check_oauth(body.sign_in, body.oauth)
    row_id = await mailboxes.add(tx, body, KeyRing(runtime.settings.key_ring), runtime.clock.now())
    return await _changed(tx, row_id, "created")


@router.get("/mailboxes/{mailbox_id}")
async def get_mailbox(mailbox_id: UUID, me: Me, tx: Tx) -> Mailbox:
    me.reach(EDIT)
    return await MAILBOXES.get(tx, mailbox_id)


@router.patch("/mailboxes/{mailbox_id}")
async def patch_mailbox(mailbox_id: UUID, body: MailboxChange, me: Me, tx: Tx, runtime: RuntimeOf) -> Mailbox:
    """An empty secret leaves the present one. Another server asks for it again: a password goes to no other server, and what a
    provider has given is forgotten."""
    me.reach(EDIT)
    before = await MAILBOXES.lock(tx, mailbox_id, body.version)
    values: dict[str, Any] = body.model_dump(mode="json", exclude_unset=True, exclude={"version"})
    values |= {name: getattr(body, name) for name in ("queue_id", "flow_id", "project_id") if name in values}
    if "queue_id" in values:
        await _check_queue(tx, body.queue_id)
    await _check_rules(tx, body.rules)
    await check_chosen(tx, values, {"flow_id": "flows"})
    elsewhere = any(
        new is not None and (new.host, new.security) != (old.host, old.security)
        for new, old in ((body.imap, before.imap), (body.smtp, before.smtp))
    )
    if elsewhere and before.has_password and not body.password:
        raise invalid_field("password", "Another server is named: write the password again.", "required")
    application = body.oauth if "oauth" in values else before.oauth
    _check_oauth(values.get("sign_in", before.sign_in), application)
    other = before.oauth is not None and application != before.oauth
    if other and before.has_client_secret and not body.client_secret:
        raise invalid_field("client_secret", "Another provider is named: write the secret again.", "required")
    if elsewhere or other:
        await Mailboxes(tx).drop_tokens(mailbox_id)
    ring = KeyRing(runtime.settings.key_ring)
    written = written_values(mailbox_id, values, body.password, body.client_secret, ring)
    await MAILBOXES.change(tx, mailbox_id, written)
    await _hurry(tx, mailbox_id)
    return await _changed(tx, mailbox_id, "changed", **changed_fields(values))


async def _hurry(tx: Transaction, mailbox_id: UUID) -> None:
    """What could not be sent may go now."""
    for mail_id in await Mails(tx).hurry(mailbox_id):
        tx.emit(MailQueued(aggregate_id=mail_id, aggregate_version=1))


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
    return await try_both(runtime, row)


@router.post("/mailboxes/{mailbox_id}/sign-in")
async def post_sign_in(mailbox_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> SignInAt:
    """Begin to sign in at the mailbox's provider."""
    me.reach(EDIT)
    row = await Mailboxes(tx).get(mailbox_id)
    if row is None or row.sign_in != "oauth" or row.oauth is None:
        raise NotFound()
    return SignInAt(url=access.sign_in_url(runtime, row, me.user_id))


@router.get("/mailbox-sign-in", response_class=Response)
async def get_sign_in(
    me: Me,
    runtime: RuntimeOf,
    code: Code = "",
    state: Code = "",
    error: Code = "",
    error_description: Code = "",
) -> Response:
    """The provider sends the browser back here. The mailbox then says how it is."""
    me.reach(EDIT)
    begun = access.begun_by(runtime, state, me.user_id)
    scope = Scope(me.tenant_id, me.user_id)
    async with runtime.database.transaction(scope) as tx:
        row = await Mailboxes(tx).get(begun.mailbox_id)
    if row is None:
        raise NotFound()
    kept, trouble, why = None, "sign_again", f"{error} {error_description}".strip()
    if code and not error:
        try:
            kept = await access.finish(runtime, row, begun, code)
        except SignInAgain as refusal:
            why = str(refusal)
        except ProviderAway as away:
            trouble, why = "provider", str(away)
    async with runtime.database.transaction(scope) as tx:
        if kept is None:
            await Mailboxes(tx).tell(row.id, trouble, why, runtime.clock.now())
        else:
            await MAILBOXES.lock(tx, row.id)
            await Mailboxes(tx).keep(row.id, kept)
            await Mailboxes(tx).tell(row.id, "new", "", runtime.clock.now())
            await MAILBOXES.change(tx, row.id, {})
            await _hurry(tx, row.id)
            await _changed(tx, row.id, "signed_in")
    return RedirectResponse(f"/admin/mailboxes/{row.id}", status_code=303)


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
async def get_page(mail_id: UUID, me: Me, runtime: RuntimeOf, images: bool = False) -> Response:
    """The mail as its sender wanted it to look, without what could run, with the pictures that came along. Images of others'
    servers only when asked for: they tell the sender that, when and where it was read."""
    me.reach("interactions.see")
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        row = await Mails(tx).get(mail_id)
        if row is None or row.conversation_id is None:
            raise NotFound()
        await readable(tx, me, row.conversation_id)
        html = await Mails(tx).html(mail_id)
        ids = [row.written_id] if row.written_id is not None and content_ids(html) else []
        files = (await Attachments(tx).of_messages(ids)).get(row.written_id or mail_id, [])
    pictures = await pictures_of(runtime.settings, files)
    page = _PAGE.format(html=with_pictures(html, pictures))
    policy = _POLICY.format(images="https: http: data:" if images else "data:")
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)
