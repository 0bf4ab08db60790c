"""Routes of signing in and of presence."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from tongdai.people import views
from tongdai.people.policies import Chosen
from tongdai.people.repository import People
from tongdai.people.services import presence, sign_in
from tongdai.platform.auth import Principal
from tongdai.platform.bodies import Zone
from tongdai.platform.database import Scope
from tongdai.platform.http import Authenticator, Me, RuntimeOf, Tx

COOKIE = "tongdai_session"
router = APIRouter(prefix="/api/v1", tags=["people"])


class Credentials(BaseModel):
    email: Annotated[str, Field(min_length=3, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class NewPassword(BaseModel):
    current: Annotated[str, Field(max_length=200)]
    new: Annotated[str, Field(max_length=200)]


class PresenceWish(BaseModel):
    state: Chosen
    reason_id: UUID | None = None


class Preferences(BaseModel):
    locale: Annotated[str | None, Field(pattern="^(en|vi|uk)$")] = None
    time_zone: Zone | None = None
    theme: Annotated[str | None, Field(pattern="^(auto|light|dark)$")] = None
    alert_sound: bool | None = None


class CookieAuthenticator(Authenticator):
    """Sessions by cookie, API tokens by `Authorization: Bearer`."""

    async def principal(self, connection: HTTPConnection) -> Principal | None:
        runtime = connection.app.state.runtime
        header = connection.headers.get("authorization", "")
        bearer = header[7:] if header[:7].lower() == "bearer " else None
        cookie = connection.cookies.get(COOKIE)
        if bearer is None and cookie is None:
            return None
        return await sign_in.principal_of(
            runtime.database,
            cookie=cookie,
            bearer=bearer,
            now=runtime.clock.now(),
            sources=runtime.registry.ensure(sign_in.PrincipalSources),
        )


@router.post("/auth/sign-in")
async def post_sign_in(
    body: Credentials, request: Request, response: Response, runtime: RuntimeOf
) -> views.MeView:
    """Open a session: the cookie is HttpOnly and SameSite."""
    now, address = runtime.clock.now(), request.client.host if request.client else ""
    with runtime.get(sign_in.Throttle).attempt(address, now):
        session = await sign_in.sign_in(
            runtime.database,
            body.email,
            body.password,
            now=now,
            hours=runtime.settings.session_hours,
            user_agent=request.headers.get("user-agent", ""),
            address=address,
        )
    response.set_cookie(
        COOKIE,
        session.token,
        max_age=runtime.settings.session_hours * 3600 + int(sign_in.WORK_GOES_ON.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=runtime.settings.public_url.startswith("https"),
        path="/",
    )
    principal = await sign_in.principal_of(runtime.database, cookie=session.token, bearer=None, now=now)
    assert principal is not None
    async with runtime.database.transaction(Scope(session.tenant_id, session.user_id)) as tx:
        return await views.me(tx, principal)


@router.post("/auth/sign-out", status_code=204)
async def post_sign_out(me: Me, tx: Tx, response: Response, runtime: RuntimeOf) -> None:
    """End this session here and in every tab."""
    if me.session_id is not None:
        await sign_in.end_session(tx, me.session_id, me.user_id)
        session_id = me.session_id
        tx.after_commit(lambda: runtime.hub.end_session(session_id))
    response.delete_cookie(COOKIE, path="/")


@router.get("/auth/me")
async def get_me(me: Me, tx: Tx) -> views.MeView:
    return await views.me(tx, me)


@router.patch("/auth/me")
async def patch_me(body: Preferences, me: Me, tx: Tx) -> views.MeView:
    """Change one's own language, time zone, theme, and whether alerts are heard."""
    changes: dict[str, Any] = body.model_dump(exclude_none=True)
    if changes:
        await People(tx).set_preferences(me.user_id, changes)
    return await views.me(tx, me)


@router.post("/auth/password", status_code=204)
async def post_password(body: NewPassword, me: Me, runtime: RuntimeOf) -> None:
    """Change one's own password; all other sessions end."""
    await sign_in.change_password(runtime.database, me, body.current, body.new)


@router.get("/presence/me")
async def get_presence(me: Me, tx: Tx) -> views.PresenceView:
    return await views.presence(tx, me.user_id)


@router.put("/presence/me")
async def put_presence(body: PresenceWish, me: Me, tx: Tx, runtime: RuntimeOf) -> views.PresenceView:
    """Choose a state. Only `not_ready` takes a reason."""
    at: datetime = runtime.clock.now()
    await presence.choose(tx, me.user_id, body.state, body.reason_id, at)
    return await views.presence(tx, me.user_id)


@router.get("/presence/reasons")
async def get_reasons(me: Me, tx: Tx) -> list[views.ReasonView]:
    return await views.reasons(tx, await views.locale_of(tx, me.user_id))
