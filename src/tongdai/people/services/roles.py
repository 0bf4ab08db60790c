"""Roles: the built-in ones kept in step with the code, and the tenant's own."""

from collections.abc import Mapping
from uuid import UUID

from tongdai.people import errors
from tongdai.people.builtin_roles import BUILTIN_ROLES, grants_of
from tongdai.people.events import UserChanged
from tongdai.people.policies import exceeding
from tongdai.people.records import ROLES, Links
from tongdai.people.schemas import Role, RoleChange, RoleIn
from tongdai.people.services.users import keep_an_administrator
from tongdai.platform.auth import Extent, Permission, Principal
from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field
from tongdai.tenancy.public import audit, changed_fields

Catalogue = Mapping[str, Permission]


async def install_builtin_roles(tx: Transaction, catalogue: Catalogue) -> dict[str, UUID]:
    """Make the tenant's built-in roles what the code says; gives key → role. Changes nothing when they are so already."""
    rows = await tx.fetch_tuples(
        "SELECT builtin, id FROM roles WHERE tenant_id = %(tenant)s AND builtin IS NOT NULL"
    )
    known: dict[str, UUID] = dict(rows)
    for builtin in BUILTIN_ROLES:
        wanted = grants_of(builtin, catalogue)
        role_id = known.get(builtin.key)
        if role_id is None:
            role_id = await ROLES.add(tx, {"name": builtin.name, "builtin": builtin.key})
            known[builtin.key] = role_id
        elif dict(await Links(tx).grants_of_roles([role_id])) == wanted:
            continue
        await Links(tx).set_grants(role_id, wanted)
    return known


async def create(tx: Transaction, me: Principal, new: RoleIn, catalogue: Catalogue) -> Role:
    me.reach("roles.edit")
    _check(me, new.grants, catalogue)
    role_id = await ROLES.add(tx, {"name": new.name})
    await Links(tx).set_grants(role_id, new.grants)
    await audit(tx, "role.created", "role", role_id, {"permissions": sorted(new.grants)})
    return await ROLES.get(tx, role_id)


async def change(
    tx: Transaction, me: Principal, role_id: UUID, body: RoleChange, catalogue: Catalogue
) -> Role:
    """Raises StaleVersion, BuiltinRole, MoreThanYouHold, LastAdministrator."""
    me.reach("roles.edit")
    before = await ROLES.lock(tx, role_id, body.version)
    if before.builtin:
        raise errors.BuiltinRole()
    values = body.values()
    await ROLES.change(tx, role_id, {name: value for name, value in values.items() if name != "grants"})
    if "grants" in values:
        await Links(tx).serialise_guardianship()
        _check(me, {**before.grants, **body.grants}, catalogue)
        await Links(tx).set_grants(role_id, body.grants)
        await keep_an_administrator(tx)
        await _tell(tx, role_id)
    await audit(tx, "role.changed", "role", role_id, changed_fields(values))
    return await ROLES.get(tx, role_id)


async def archive(tx: Transaction, me: Principal, role_id: UUID, *, archived: bool) -> Role:
    """An archived role grants nothing to those who have it."""
    me.reach("roles.edit")
    before = await ROLES.lock(tx, role_id)
    if before.builtin:
        raise errors.BuiltinRole()
    if over := exceeding(me.grants, before.grants):
        raise errors.MoreThanYouHold(permissions=over)
    await Links(tx).serialise_guardianship()
    await ROLES.archive(tx, role_id, archived=archived)
    await keep_an_administrator(tx)
    await _tell(tx, role_id)
    await audit(tx, "role.archived" if archived else "role.restored", "role", role_id)
    return await ROLES.get(tx, role_id)


async def _tell(tx: Transaction, role_id: UUID) -> None:
    users = await Links(tx).users_of_role(role_id)
    for user_id, version in await Links(tx).touch_users(users):
        tx.emit(UserChanged(aggregate_id=user_id, aggregate_version=version))


def _check(me: Principal, grants: Mapping[str, Extent], catalogue: Catalogue) -> None:
    for name, extent in grants.items():
        permission = catalogue.get(name)
        if permission is None:
            raise invalid_field(
                f"grants.{name}", f"There is no permission {name}; see the catalogue.", "choose"
            )
        if extent not in permission.extents:
            known = ", ".join(permission.extents)
            raise invalid_field(
                f"grants.{name}", f"{name} cannot reach {extent.value}; choose from {known}.", "choose"
            )
    if over := exceeding(me.grants, grants):
        raise errors.MoreThanYouHold(permissions=over)
