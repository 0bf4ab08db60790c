"""Use cases of signed visitors: a site's server says who its visitor is, and the chat holds to it."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tongdai.channels.dialogue.service import TextDialogues
from tongdai.channels.errors import (
    IdentityExpired,
    IdentityNeeded,
    IdentityOff,
    IdentityRefused,
    IdentityUsed,
    SecretsFull,
)
from tongdai.channels.webchat import service
from tongdai.channels.webchat.policies import token_hash
from tongdai.channels.webchat.proof import Proof, WrongProof, read_hash, read_token
from tongdai.channels.webchat.repository import Chats, Proofs, SecretRow, VisitorRow, WidgetRow
from tongdai.channels.webchat.schemas import Identify
from tongdai.conversations import public as conversations
from tongdai.conversations.public import State
from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.platform.database import Transaction
from tongdai.platform.errors import NotFound
from tongdai.platform.sealed import KeyRing, seal_text, unsealed_text
from tongdai.tenancy.public import audit

OFF, ENFORCED = "off", "enforced"
MOST_SECRETS = 2
"""At once: one that the site's server signs with, and another while they change."""
HINT = 4


def admit(widget: WidgetRow, visitor: VisitorRow, at: datetime) -> None:
    """Who writes where proof is enforced has to have it. Raises IdentityNeeded, IdentityExpired."""
    if widget.identity != ENFORCED or visitor.verified(at):
        return
    raise IdentityExpired() if visitor.subject is not None else IdentityNeeded()


async def read(tx: Transaction, widget: WidgetRow, shown: Identify, ring: KeyRing, at: datetime) -> Proof:
    """What the site's server has signed. Raises IdentityOff, IdentityExpired, IdentityRefused, which says why to those who made
    the token."""
    if widget.identity == OFF:
        raise IdentityOff()
    keys = opened(await Proofs(tx).secrets(widget.id), ring)
    try:
        if shown.token is not None:
            return read_token(shown.token, keys, widget.key, at)
        if not widget.takes_hashes:
            raise WrongProof("hash", "This widget takes signed tokens alone, no hashes of ids.")
        return read_hash(shown.user_id or "", shown.user_hash or "", keys, shown.name, at)
    except WrongProof as wrong:
        if wrong.why == "expired":
            raise IdentityExpired() from wrong
        raise IdentityRefused(f"{IdentityRefused.__doc__} {wrong}", why=wrong.why) from wrong


async def identify(
    tx: Transaction,
    dialogues: TextDialogues,
    widget: WidgetRow,
    visitor: VisitorRow,
    proof: Proof,
    at: datetime,
) -> tuple[VisitorRow, str | None]:
    """The (locked) visitor is who the proof says. What they wrote before goes to that contact, once. Where the browser was
    another customer's, that one's chat is left, and a new visitor begins: gives the token that the browser has to keep then.
    Raises IdentityUsed."""
    token = None
    if visitor.subject is not None and visitor.subject != proof.subject:
        await leave(tx, dialogues, visitor, at)
        visitor, token = await service.welcome(tx, widget, None, visitor.language, at)
    if proof.nonce and not await Proofs(tx).use(widget.id, token_hash(proof.nonce), visitor.id, proof.until):
        raise IdentityUsed()
    first = visitor.subject is None
    contact_id = await _customer(tx, widget, proof, at)
    told = {"name": proof.name, "email": proof.email}
    known = replace(
        visitor,
        contact_id=contact_id,
        name=proof.name or visitor.name,
        about=visitor.about | {name: value for name, value in told.items() if value},
        subject=proof.subject,
        verified_until=proof.until,
    )
    await Chats(tx).save_visitor(known, at)
    if first:
        await _take_along(tx, visitor, contact_id, at)
        await audit(tx, "contact.signed_in_on_site", "contact", contact_id, {"widget_id": str(widget.id)})
    else:
        await _prove_open(tx, visitor, contact_id, at)
    return known, token


async def leave(tx: Transaction, dialogues: TextDialogues, visitor: VisitorRow, at: datetime) -> None:
    """The customer has signed out on the site: their chat is over, and this browser reads it no more."""
    chat = await Chats(tx).latest(visitor.id)
    if chat is not None and chat.ended_at is None:
        await service.end(tx, dialogues, chat, at, "customer")
    await Proofs(tx).drop_token(visitor.id, secrets.token_bytes(32))


async def _customer(tx: Transaction, widget: WidgetRow, proof: Proof, at: datetime) -> UUID:
    await tx.keep_alone(f"site:{widget.id}:{proof.subject}")
    known = await Proofs(tx).customer(widget.id, proof.subject)
    if known is None:
        known = await crm.signed_customer(tx, proof.name, proof.email, at, widget.project_id)
        await Proofs(tx).add_customer(widget.id, proof.subject, known, at)
    return known


async def _take_along(tx: Transaction, visitor: VisitorRow, contact_id: UUID, at: datetime) -> None:
    """What was written before anything was proven belongs to the contact from now on. Where an agent has found out meanwhile who
    the visitor is, theirs stays."""
    before = visitor.contact_id
    if (
        before is not None
        and before != contact_id
        and not await crm.merge_visitor(tx, contact_id, before, at)
    ):
        await _prove_open(tx, visitor, contact_id, at)
        return
    for chat in await Chats(tx).of_visitor(visitor.id):
        interaction = await conversations.lock(tx, chat.interaction_id)
        if interaction.contact_id in (None, before):
            verified = interaction.state != State.CLOSED
            await conversations.identify(tx, interaction, contact_id, at, verified=verified)


async def _prove_open(tx: Transaction, visitor: VisitorRow, contact_id: UUID, at: datetime) -> None:
    """The chat that is open is proven from now on, if it is still taken for this contact's."""
    chat = await Chats(tx).latest(visitor.id)
    if chat is None or chat.ended_at is not None:
        return
    interaction = await conversations.lock(tx, chat.interaction_id)
    if interaction.contact_id == contact_id and not interaction.peer_verified:
        await conversations.identify(tx, interaction, contact_id, at, verified=True)


# Secrets


def sealed_for(secret_id: UUID) -> str:
    return f"widget secret {secret_id}"


def opened(rows: Sequence[SecretRow], ring: KeyRing) -> list[str]:
    """Raises KeyMissing, Damaged."""
    return [unsealed_text(row.sealed, ring, sealed_for(row.id)) for row in rows]


async def make_secret(
    tx: Transaction, widget_id: UUID, ring: KeyRing, user_id: UUID, at: datetime
) -> tuple[SecretRow, str]:
    """Another secret of a (locked) widget; what it is, is known this once. Raises SecretsFull."""
    if len(await Proofs(tx).secrets(widget_id)) >= MOST_SECRETS:
        raise SecretsFull()
    secret, secret_id = f"tdw_{secrets.token_urlsafe(32)}", new_id()
    sealed = seal_text(secret, ring, sealed_for(secret_id))
    row = SecretRow(secret_id, widget_id, secret[-HINT:], sealed, at, user_id)
    await Proofs(tx).add_secret(row)
    await audit(tx, "widget.secret_added", "widget", widget_id, {"secret_id": str(secret_id)})
    return row, secret


async def remove_secret(tx: Transaction, widget_id: UUID, secret_id: UUID) -> None:
    """What is signed by it is refused from now on. Raises NotFound."""
    if not await Proofs(tx).remove_secret(widget_id, secret_id):
        raise NotFound()
    await audit(tx, "widget.secret_removed", "widget", widget_id, {"secret_id": str(secret_id)})
