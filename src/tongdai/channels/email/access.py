"""By what a mailbox's servers are signed in to: its password, or a token of its provider's that is renewed before it expires.

What a provider has given is kept sealed, as passwords are. A provider may give another refresh token each time: the newest is
kept, and who was slower than another process takes what that one got.
"""

import asyncio
import base64
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from tongdai.channels.email import oauth
from tongdai.channels.email.mailboxes import Kept, Mailboxes, MailboxRow, password_of, sealed_for
from tongdai.channels.email.oauth import Application, SignInAgain, Tokens
from tongdai.channels.errors import SignInStale
from tongdai.platform.database import Scope
from tongdai.platform.registry import Runtime
from tongdai.platform.sealed import Damaged, KeyMissing, KeyRing, seal_text, unsealed_text

EARLY = timedelta(minutes=5)
"""So long before it expires a token is renewed: nothing that begins with it fails on its way."""
SIGN_IN_TAKES = timedelta(minutes=20)
REDIRECT = "/api/v1/mailbox-sign-in"
_STATE = "mailbox sign-in"
_renewing: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Credentials:
    """One of both, or neither where nothing was kept."""

    password: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that a person was sent away for."""

    mailbox_id: UUID
    user_id: UUID
    verifier: str
    at: datetime


def application_of(mailbox: MailboxRow, ring: KeyRing) -> Application:
    """Raises KeyMissing, Damaged."""
    told = mailbox.oauth or {}
    name = f"{sealed_for(mailbox.id)} client"
    secret = unsealed_text(mailbox.client_secret, ring, name) if mailbox.client_secret else ""
    return Application(
        told.get("authorize_url", ""),
        told.get("token_url", ""),
        told.get("client_id", ""),
        told.get("scope", ""),
        secret,
    )


async def credentials_of(runtime: Runtime, mailbox: MailboxRow, refused: str = "") -> Credentials:
    """Those that hold now. `refused`: a token that a server has just not accepted, whatever it was said to be good for. Raises
    SignInAgain, ProviderAway, KeyMissing, Damaged."""
    ring = KeyRing(runtime.settings.key_ring)
    if mailbox.sign_in == "password":
        return Credentials(password=password_of(mailbox, ring))
    lock = _renewing.setdefault(mailbox.id, asyncio.Lock())
    async with lock:
        return Credentials(token=await _token(runtime, mailbox, ring, refused))


async def _token(runtime: Runtime, mailbox: MailboxRow, ring: KeyRing, refused: str) -> str:
    kept = await _kept(runtime, mailbox)
    while True:
        if kept is None:
            raise SignInAgain("")
        access = _open(mailbox, "access", kept.access, ring) if kept.access else ""
        at = runtime.clock.now()
        if access and access != refused and kept.expires_at > at + EARLY:
            return access
        refresh = _open(mailbox, "refresh", kept.refresh, ring)
        try:
            tokens = await oauth.renewed(application_of(mailbox, ring), refresh, at)
        except SignInAgain:
            now = await _kept(runtime, mailbox)
            if now is None or now.refresh == kept.refresh:
                raise
            kept = now  # another process has renewed it, and what we asked by holds no more
            continue
        async with runtime.database.transaction(Scope(mailbox.tenant_id)) as tx:
            sealed = _sealed(mailbox, replace(tokens, refresh=tokens.refresh or refresh), ring)
            await Mailboxes(tx).renew(mailbox.id, kept.refresh, sealed)
        return tokens.access


async def _kept(runtime: Runtime, mailbox: MailboxRow) -> Kept | None:
    async with runtime.database.transaction(Scope(mailbox.tenant_id)) as tx:
        return await Mailboxes(tx).kept(mailbox.id)


def _sealed(mailbox: MailboxRow, tokens: Tokens, ring: KeyRing) -> Kept:
    return Kept(
        seal_text(tokens.refresh or "", ring, f"{sealed_for(mailbox.id)} refresh"),
        seal_text(tokens.access, ring, f"{sealed_for(mailbox.id)} access"),
        tokens.expires_at,
    )


def _open(mailbox: MailboxRow, what: str, sealed: bytes, ring: KeyRing) -> str:
    return unsealed_text(bytes(sealed), ring, f"{sealed_for(mailbox.id)} {what}")


def sign_in_url(runtime: Runtime, mailbox: MailboxRow, user_id: UUID) -> str:
    """Where this user signs in to the mailbox's provider, who sends them back to us. Raises KeyMissing, Damaged."""
    ring = KeyRing(runtime.settings.key_ring)
    verifier = secrets.token_urlsafe(48)
    told = {
        "mailbox": str(mailbox.id),
        "user": str(user_id),
        "verifier": verifier,
        "at": runtime.clock.now().isoformat(),
    }
    state = base64.urlsafe_b64encode(seal_text(json.dumps(told), ring, _STATE)).decode()
    return oauth.authorisation_url(
        application_of(mailbox, ring), _redirect_url(runtime), state, verifier, mailbox.username
    )


def _redirect_url(runtime: Runtime) -> str:
    return f"{runtime.settings.public_url}{REDIRECT}"


def begun_by(runtime: Runtime, state: str, user_id: UUID) -> Begun:
    """What this user was sent away for, a while ago at most: nobody else's answer is taken. Raises SignInStale."""
    try:
        sealed = base64.urlsafe_b64decode(state)
        told = json.loads(unsealed_text(sealed, KeyRing(runtime.settings.key_ring), _STATE))
    except (ValueError, KeyMissing, Damaged) as error:
        raise SignInStale() from error
    at = datetime.fromisoformat(told["at"])
    begun = Begun(UUID(told["mailbox"]), UUID(told["user"]), told["verifier"], at)
    if begun.user_id != user_id or runtime.clock.now() - begun.at > SIGN_IN_TAKES:
        raise SignInStale()
    return begun


async def finish(runtime: Runtime, mailbox: MailboxRow, begun: Begun, code: str) -> Kept:
    """What the provider gives for the code, to be stored. Raises SignInAgain, ProviderAway, KeyMissing, Damaged."""
    ring, at = KeyRing(runtime.settings.key_ring), runtime.clock.now()
    tokens = await oauth.by_code(
        application_of(mailbox, ring), code, begun.verifier, _redirect_url(runtime), at
    )
    if tokens.refresh is None:
        raise SignInAgain("the provider gave no lasting permission (no refresh token)")
    return _sealed(mailbox, tokens, ring)
