"""Users: made, changed, archived, unlocked. Two rules hold always: nobody gives or overrules more than they hold, and somebody
who can administer users and roles is left."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tongdai.kit.text import fold, sort_key
from tongdai.people.errors import LastAdministrator, MoreThanYouHold, NotYourself
from tongdai.people.events import SkillsChanged, UserChanged
from tongdai.people.policies import Chosen, exceeding, widest_of
from tongdai.people.records import USERS, WITHIN, Links, within
from tongdai.people.repository import Accounts, People
from tongdai.people.schemas import SkillLevel, User, UserChange, UserIn
from tongdai.people.services import presence
from tongdai.people.services.sign_in import end_sessions
from tongdai.platform.auth import Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit, changed_fields

_LINKS = ("role_ids", "team_ids", "project_ids", "skills")


def made_up_password() -> str:
    return secrets.token_urlsafe(12)


async def see(tx: Transaction, me: Principal, user_id: UUID, permission: str = "users.see") -> User:
    """A user within reach. Raises Forbidden, NotFound."""
    return await USERS.get(tx, user_id, WITHIN, **within(me.reach(permission)))


async def create(tx: Transaction, me: Principal | None, new: UserIn, password_hash: str | None) -> User:
    """A new user; `me` None is the installation itself (the command line, the demo). Raises MoreThanYouHold, Invalid."""
    if me is not None:
        reach = me.reach("users.edit")
        if not reach.everything and not set(new.team_ids) & reach.team_ids:
            raise invalid_field("team_ids", "Put the new user into one of your own teams.", "own_team")
        await _may_give(tx, me, new.role_ids)
    values = _columns(new.model_dump(exclude={*_LINKS, "password"})) | {"password_hash": password_hash}
    user_id = await USERS.add(tx, values)
    await _link(tx, user_id, new.model_dump(include=set(_LINKS)), new.skills)
    tx.emit(SkillsChanged(aggregate_id=user_id, aggregate_version=1))
    await audit(tx, "user.created", "user", user_id, {"role_ids": [str(one) for one in new.role_ids]})
    return await USERS.get(tx, user_id)


async def change(tx: Transaction, me: Principal, user_id: UUID, body: UserChange) -> User:
    """Raises StaleVersion, MoreThanYouHold, LastAdministrator."""
    before = await editable(tx, me, user_id, body.version)
    values = body.values()
    if "role_ids" in values:
        await Links(tx).serialise_guardianship()
        await _may_give(tx, me, set(body.role_ids) - set(before.role_ids))
    columns = _columns({name: value for name, value in values.items() if name not in _LINKS})
    version = await USERS.change(tx, user_id, columns)
    await _link(tx, user_id, values, body.skills)
    if "role_ids" in values:
        await keep_an_administrator(tx)
    fact = SkillsChanged if "skills" in values else UserChanged
    tx.emit(fact(aggregate_id=user_id, aggregate_version=version))
    await audit(tx, "user.changed", "user", user_id, changed_fields(values))
    return await USERS.get(tx, user_id)


async def archive(tx: Transaction, me: Principal, user_id: UUID, at: datetime) -> User:
    """Signs the user out everywhere, takes the API tokens away and makes them offline."""
    if user_id == me.user_id:
        raise NotYourself()
    await editable(tx, me, user_id)
    await Links(tx).serialise_guardianship()
    await presence.choose(tx, user_id, Chosen.OFFLINE, None, at)
    version = await USERS.archive(tx, user_id)
    await keep_an_administrator(tx)
    await end_sessions(tx, user_id)
    await People(tx).revoke_tokens(user_id, at)
    tx.emit(UserChanged(aggregate_id=user_id, aggregate_version=version))
    await audit(tx, "user.archived", "user", user_id)
    return await USERS.get(tx, user_id)


async def restore(tx: Transaction, me: Principal, user_id: UUID) -> User:
    await editable(tx, me, user_id)
    version = await USERS.archive(tx, user_id, archived=False)
    tx.emit(UserChanged(aggregate_id=user_id, aggregate_version=version))
    await audit(tx, "user.restored", "user", user_id)
    return await USERS.get(tx, user_id)


async def unlock(tx: Transaction, me: Principal, user_id: UUID) -> User:
    """After too many wrong passwords: let the user try again at once."""
    await editable(tx, me, user_id)
    await Accounts(tx).record_failure(user_id, 0, None)
    await audit(tx, "user.unlocked", "user", user_id)
    return await USERS.get(tx, user_id)


async def set_password(tx: Transaction, me: Principal, user_id: UUID, password_hash: str) -> None:
    """Give a user a new password; all their sessions end."""
    await editable(tx, me, user_id)
    await People(tx).set_password(user_id, password_hash)
    await end_sessions(tx, user_id)
    await audit(tx, "user.password_set", "user", user_id)


async def force_presence(
    tx: Transaction, me: Principal, user_id: UUID, state: Chosen, reason_id: UUID | None, at: datetime
) -> None:
    """Change another agent's state, on the record; their desktop tells them who did."""
    await see(tx, me, user_id, "presence.force")
    await presence.choose(tx, user_id, state, reason_id, at, by=me.user_id)
    details = {"state": state.value, "reason_id": str(reason_id) if reason_id else None}
    await audit(tx, "presence.forced", "user", user_id, details)


async def sign_out(tx: Transaction, me: Principal, user_id: UUID, at: datetime) -> None:
    """Make another user offline and end all their sessions. API tokens stay: who holds those is no matter of the floor.
    Raises MoreThanYouHold."""
    found = await see(tx, me, user_id, "presence.force")
    await _holds_no_more(tx, me, found)
    await presence.choose(tx, user_id, Chosen.OFFLINE, None, at, by=me.user_id)
    await end_sessions(tx, user_id)
    await audit(tx, "user.signed_out", "user", user_id)


async def keep_an_administrator(tx: Transaction) -> None:
    """Raises LastAdministrator. Call after the change, under `serialise_guardianship`."""
    if await Links(tx).guardians() == 0:
        raise LastAdministrator()


async def editable(tx: Transaction, me: Principal, user_id: UUID, version: int | None = None) -> User:
    """The user, locked, if `me` may edit them: within reach and holding no more than `me`."""
    found = await USERS.lock(tx, user_id, version, WITHIN, **within(me.reach("users.edit")))
    await _holds_no_more(tx, me, found)
    return found


async def _holds_no_more(tx: Transaction, me: Principal, user: User) -> None:
    theirs = widest_of(await Links(tx).grants_of_roles(user.role_ids))
    if user.id != me.user_id and (over := exceeding(me.grants, theirs)):
        raise MoreThanYouHold(permissions=over)


async def _may_give(tx: Transaction, me: Principal, role_ids: Iterable[UUID]) -> None:
    given = widest_of(await Links(tx).grants_of_roles(role_ids))
    if over := exceeding(me.grants, given):
        raise MoreThanYouHold(permissions=over)


async def _link(tx: Transaction, user_id: UUID, values: dict[str, Any], skills: Iterable[SkillLevel]) -> None:
    links = Links(tx)
    if "role_ids" in values:
        await links.set_roles(user_id, values["role_ids"])
    if "team_ids" in values:
        await links.set_teams(user_id, values["team_ids"])
    if "project_ids" in values:
        await links.set_projects(user_id, values["project_ids"])
    if "skills" in values:
        await links.set_skills(user_id, skills)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    if "name" in values:
        values |= {"name_sort": sort_key(values["name"]), "name_fold": fold(values["name"])}
    return values
