"""Signing in where the provider does it itself: OAuth 2.0 by authorisation code with PKCE (RFC 6749, 7636), and SASL XOAUTH2."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from tongdai.platform.database.session import forbid_inside_transaction

TIMEOUT_S = 20.0
LONGEST_ANSWER = 100_000
USUAL = timedelta(minutes=5)
"""So long a token is taken to hold whose provider does not say."""
_REFUSALS = (400, 401, 403)


class SignInAgain(Exception):
    """The provider gives no tokens for this mailbox (any more): a person has to sign in there. The text is the provider's."""


class ProviderAway(Exception):
    """The provider cannot be asked just now."""


@dataclass(frozen=True, slots=True)
class Application:
    """What the provider knows us as."""

    authorize_url: str
    token_url: str
    client_id: str
    scope: str
    secret: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """`refresh`: None where the one before stays."""

    access: str
    refresh: str | None
    expires_at: datetime


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def authorisation_url(app: Application, redirect_url: str, state: str, verifier: str, user: str) -> str:
    """Where a person allows us the mailbox, for as long as they do not take it back."""
    asked = {
        "response_type": "code",
        "client_id": app.client_id,
        "redirect_uri": redirect_url,
        "scope": app.scope,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
        "login_hint": user,
    }
    return f"{app.authorize_url}{'&' if '?' in app.authorize_url else '?'}{urlencode(asked)}"


async def by_code(app: Application, code: str, verifier: str, redirect_url: str, at: datetime) -> Tokens:
    """Raises SignInAgain, ProviderAway."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_url,
    }
    return await _ask(app, form, at)


async def renewed(app: Application, refresh: str, at: datetime) -> Tokens:
    """Raises SignInAgain, ProviderAway."""
    return await _ask(app, {"grant_type": "refresh_token", "refresh_token": refresh}, at)


async def _ask(app: Application, form: dict[str, str], at: datetime) -> Tokens:
    import httpx  # takes a while to load, and most centres have no such mailbox

    forbid_inside_transaction("asking a mailbox's provider")
    form |= {"client_id": app.client_id} | ({"client_secret": app.secret} if app.secret else {})
    try:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", app.token_url, data=form, headers={"Accept": "application/json"}) as answer,
        ):
            said = bytearray()
            async for chunk in answer.aiter_bytes():
                said += chunk
                if len(said) > LONGEST_ANSWER:
                    raise ProviderAway("it answers with more than a token")
            told = _told(bytes(said))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise ProviderAway(str(error) or type(error).__name__) from error
    words = " ".join(str(told[name]) for name in ("error", "error_description") if told.get(name))
    if answer.status_code in _REFUSALS:
        raise SignInAgain(words or f"HTTP {answer.status_code}")
    access, refresh = told.get("access_token"), told.get("refresh_token")
    if answer.status_code != 200 or not isinstance(access, str) or not access.isascii():
        raise ProviderAway(words or f"HTTP {answer.status_code}")
    lasts = told.get("expires_in")
    holds = timedelta(seconds=min(float(lasts), 86_400)) if isinstance(lasts, int | float) else USUAL
    return Tokens(access, refresh if isinstance(refresh, str) and refresh else None, at + holds)


def _told(said: bytes) -> dict[str, Any]:
    told: Any = json.loads(said or b"{}")
    return cast(dict[str, Any], told) if isinstance(told, dict) else {}
