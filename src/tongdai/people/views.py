"""What people's screens show: read models, each as wide as its screen needs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel

from tongdai.people.policies import Chosen, Shown
from tongdai.platform.auth import Extent, Principal
from tongdai.platform.database import Transaction
from tongdai.platform.http import one_of


class UserRef(BaseModel):
    id: UUID
    name: str


class MyUser(BaseModel):
    id: UUID
    name: str
    email: str
    locale: Annotated[str, one_of("en", "vi", "uk")]
    time_zone: str
    theme: Annotated[str, one_of("light", "dark", "auto")]
    alert_sound: bool
    extension: str | None


class MyTenant(BaseModel):
    id: UUID
    name: str
    country: str
    time_zone: str


class MeView(BaseModel):
    """Who is signed in and what they may do: permission → how far it reaches."""

    user: MyUser
    tenant: MyTenant
    permissions: dict[str, Annotated[str, one_of(*Extent)]]
    roles: list[str]


class ReasonView(BaseModel):
    """A reason for not being ready; `name` in the reader's language."""

    id: UUID
    name: str
    icon: str
    is_break: bool
    max_minutes: int | None
    system: str | None


class PresenceView(BaseModel):
    """`state` is chosen, `shown` is what everybody sees."""

    user_id: UUID
    state: Annotated[str, one_of(*Chosen)]
    shown: Annotated[str, one_of(*Shown)]
    reason: ReasonView | None
    channels: dict[str, bool] = {"voice": True}
    since: datetime
    connected: bool
    missed_offers: int


class PresenceForcedView(BaseModel):
    """Somebody else chose the agent's state."""

    by: UserRef
    presence: PresenceView


class _PresenceRow(BaseModel):
    user_id: UUID
    chosen: str
    shown: str
    since: datetime
    disconnected_at: datetime | None
    missed_offers: int
    reason_id: UUID | None
    locale: str


_REASON = (
    "r.id, coalesce(r.name ->> %(locale)s, r.name ->> 'en', (SELECT min(value) FROM jsonb_each_text(r.name)))"
    " AS name, r.icon, r.is_break, r.max_minutes, r.system"
)


async def me(tx: Transaction, principal: Principal) -> MeView:
    user = await tx.fetch_one(
        MyUser,
        "SELECT id, name, email, locale, time_zone, theme, alert_sound, extension FROM users"
        " WHERE tenant_id = %(tenant)s AND id = %(id)s",
        {"id": principal.user_id},
    )
    tenant = await tx.fetch_one(
        MyTenant, "SELECT id, name, country, time_zone FROM tenants WHERE id = %(tenant)s"
    )
    roles = await tx.fetch_tuples(
        "SELECT o.name FROM user_roles r JOIN roles o ON (o.tenant_id, o.id) = (r.tenant_id, r.role_id)"
        " WHERE r.tenant_id = %(tenant)s AND r.user_id = %(id)s ORDER BY o.name",
        {"id": principal.user_id},
    )
    assert user is not None
    assert tenant is not None
    return MeView(
        user=user,
        tenant=tenant,
        permissions={name: extent.value for name, extent in principal.grants.items()},
        roles=[row[0] for row in roles],
    )


async def locale_of(tx: Transaction, user_id: UUID) -> str:
    """The language in which a user reads."""
    return await tx.fetch_value(
        "SELECT locale FROM users WHERE tenant_id = %(tenant)s AND id = %(id)s", {"id": user_id}
    )


async def reasons(tx: Transaction, locale: str) -> list[ReasonView]:
    return await tx.fetch_all(
        ReasonView,
        f"SELECT {_REASON} FROM reasons r WHERE r.tenant_id = %(tenant)s AND NOT r.archived"
        " ORDER BY r.position, r.id",
        {"locale": locale},
    )


async def presences(tx: Transaction, user_ids: list[UUID], locale: str | None = None) -> list[PresenceView]:
    """Presence of the given users; those who never signed in are left out. Reasons in `locale`, or each user's own language."""
    rows = await tx.fetch_all(
        _PresenceRow,
        "SELECT p.user_id, p.chosen, p.shown, p.since, p.disconnected_at, p.missed_offers, p.reason_id, u.locale"
        " FROM presence p JOIN users u ON (u.tenant_id, u.id) = (p.tenant_id, p.user_id)"
        " WHERE p.tenant_id = %(tenant)s AND p.user_id = ANY(%(ids)s)",
        {"ids": user_ids},
    )
    known: dict[tuple[UUID, str], ReasonView] = {}
    for language in {locale or row.locale for row in rows if row.reason_id}:
        found = await tx.fetch_all(
            ReasonView,
            f"SELECT {_REASON} FROM reasons r WHERE r.tenant_id = %(tenant)s AND r.id = ANY(%(ids)s)",
            {"ids": [row.reason_id for row in rows if row.reason_id], "locale": language},
        )
        known |= {(reason.id, language): reason for reason in found}
    return [
        PresenceView(
            user_id=row.user_id,
            state=row.chosen,
            shown=row.shown,
            reason=known.get((row.reason_id, locale or row.locale)) if row.reason_id else None,
            since=row.since,
            connected=row.disconnected_at is None,
            missed_offers=row.missed_offers,
        )
        for row in rows
    ]


async def presence(tx: Transaction, user_id: UUID, locale: str | None = None) -> PresenceView:
    found: list[Any] = await presences(tx, [user_id], locale)
    if found:
        return found[0]
    now: datetime = await tx.fetch_value("SELECT now()")
    return PresenceView(
        user_id=user_id,
        state="offline",
        shown="offline",
        reason=None,
        since=now,
        connected=False,
        missed_offers=0,
    )


async def names(tx: Transaction, user_ids: list[UUID]) -> dict[UUID, UserRef]:
    found = await tx.fetch_all(
        UserRef,
        "SELECT id, name FROM users WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)",
        {"ids": user_ids},
    )
    return {user.id: user for user in found}
