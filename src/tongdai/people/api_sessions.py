"""Routes of sessions and API tokens."""

from uuid import UUID

from fastapi import APIRouter

from tongdai.people.records import Tokens
from tongdai.people.repository import People
from tongdai.people.schemas import SessionView, Token, TokenIn, TokenMade
from tongdai.people.services import sign_in, users
from tongdai.platform.cursors import uuid_or_invalid
from tongdai.platform.database import Transaction
from tongdai.platform.errors import Forbidden, NotFound, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, decode_cursor, encode_cursor, page_of
from tongdai.tenancy.public import audit

router = APIRouter(prefix="/api/v1", tags=["people"])


async def _end(tx: Transaction, runtime: RuntimeOf, user_id: UUID, session_id: UUID) -> None:
    if not await sign_in.end_session(tx, session_id, user_id):
        raise NotFound()
    await audit(tx, "session.ended", "user", user_id, {"session_id": str(session_id)})
    tx.after_commit(lambda: runtime.hub.end_session(session_id))


@router.get("/auth/sessions")
async def list_own_sessions(me: Me, tx: Tx, runtime: RuntimeOf) -> list[SessionView]:
    """Where one is signed in."""
    return await sign_in.sessions(tx, me.user_id, me.session_id, runtime.clock.now())


@router.delete("/auth/sessions/{session_id}", status_code=204)
async def delete_own_session(session_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    await _end(tx, runtime, me.user_id, session_id)


@router.get("/users/{user_id}/sessions")
async def list_sessions(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> list[SessionView]:
    await users.see(tx, me, user_id, "users.edit")
    return await sign_in.sessions(tx, user_id, me.session_id, runtime.clock.now())


@router.delete("/users/{user_id}/sessions/{session_id}", status_code=204)
async def delete_session(user_id: UUID, session_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Sign another user out of one place."""
    await users.see(tx, me, user_id, "users.edit")
    await _end(tx, runtime, user_id, session_id)


@router.post("/users/{user_id}/sign-out", status_code=204)
async def post_user_sign_out(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Sign another user out everywhere and make them offline. Raises MoreThanYouHold."""
    await users.sign_out(tx, me, user_id, runtime.clock.now())


@router.get("/auth/tokens")
async def list_own_tokens(me: Me, tx: Tx) -> list[Token]:
    """One's own API tokens that are not revoked, the newest first."""
    me.reach("tokens.edit")
    return await Tokens(tx).of_user(me.user_id)


@router.get("/tokens")
async def list_tokens(me: Me, tx: Tx, asked: Asked) -> Page[Token]:
    """The API tokens of all users that one may edit, the newest first."""
    cursor = decode_cursor(asked.cursor, 1)
    before = uuid_or_invalid(cursor[0]) if cursor else None
    rows = await Tokens(tx).page(me.reach("users.edit"), before, asked.limit)
    return page_of(rows, asked.limit, lambda row: encode_cursor(row.id))


@router.delete("/tokens/{token_id}", status_code=204)
async def delete_token(token_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Revoke the API token of a user whom one may edit. Raises MoreThanYouHold."""
    me.reach("users.edit")
    owner = await Tokens(tx).owner(token_id)
    if owner is None:
        raise NotFound()
    await users.editable(tx, me, owner)
    await _revoke(tx, owner, token_id, runtime)


@router.post("/auth/tokens", status_code=201)
async def post_token(body: TokenIn, me: Me, tx: Tx, runtime: RuntimeOf) -> TokenMade:
    """A new API token, shown this once. Only a signed-in person makes one: a leaked token must not breed."""
    me.reach("tokens.edit")
    if me.session_id is None:
        raise Forbidden("Sign in to make an API token; a token cannot make another.")
    if body.expires_at is not None and body.expires_at <= runtime.clock.now():
        raise invalid_field("expires_at", "Choose a day that is still to come.", "past")
    if body.role_id is not None and not await Tokens(tx).may_have(body.role_id):
        raise invalid_field("role_id", "There is no such role: choose one from the list.", "choose")
    token_id, token = await sign_in.new_api_token(tx, me.user_id, body.name, body.expires_at, body.role_id)
    await audit(tx, "token.created", "token", token_id)
    return TokenMade(id=token_id, name=body.name, token=token)


@router.delete("/auth/tokens/{token_id}", status_code=204)
async def delete_own_token(token_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    me.reach("tokens.edit")
    await _revoke(tx, me.user_id, token_id, runtime)


async def _revoke(tx: Transaction, owner: UUID, token_id: UUID, runtime: RuntimeOf) -> None:
    if await People(tx).revoke_tokens(owner, runtime.clock.now(), token_id) == 0:
        raise NotFound()
    await audit(tx, "token.revoked", "token", token_id)
