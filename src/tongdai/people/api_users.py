"""Routes of users and roles."""

import asyncio
from uuid import UUID

from fastapi import APIRouter

from tongdai.people import views
from tongdai.people.extensions import Extensions
from tongdai.people.records import ROLES, USERS, WITHIN, within
from tongdai.people.schemas import (
    PasswordSet,
    PasswordWish,
    PermissionView,
    PresenceForced,
    Role,
    RoleChange,
    RoleIn,
    User,
    UserChange,
    UserIn,
    UserMade,
)
from tongdai.people.services import roles, users
from tongdai.people.services.sign_in import hash_password
from tongdai.platform.database import Scope
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed

router = APIRouter(prefix="/api/v1", tags=["people"])


@router.get("/users")
async def list_users(me: Me, tx: Tx, asked: Asked) -> Page[User]:
    """Users within reach, by name."""
    return await listed(tx, USERS, asked, WITHIN, **within(me.reach("users.see")))


@router.post("/users", status_code=201)
async def post_user(body: UserIn, me: Me, runtime: RuntimeOf) -> UserMade:
    """The hash is computed before the transaction: it takes its time by design."""
    me.reach("users.edit")
    password = body.password or users.made_up_password()
    hashed = await asyncio.to_thread(hash_password, password)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await runtime.registry.ensure(Extensions).need_free(tx, body.extension)
        made = await users.create(tx, me, body, hashed)
    return UserMade(**made.model_dump(), generated_password=None if body.password else password)


@router.get("/users/{user_id}")
async def get_user(user_id: UUID, me: Me, tx: Tx) -> User:
    return await users.see(tx, me, user_id)


@router.patch("/users/{user_id}")
async def patch_user(user_id: UUID, body: UserChange, me: Me, tx: Tx, runtime: RuntimeOf) -> User:
    me.reach("users.edit")
    await runtime.registry.ensure(Extensions).need_free(tx, body.extension)
    return await users.change(tx, me, user_id, body)


@router.delete("/users/{user_id}", status_code=204)
async def delete_user(user_id: UUID, me: Me, tx: Tx, runtime: RuntimeOf) -> None:
    """Archive: signed out everywhere at once; nothing of their history is lost."""
    await users.archive(tx, me, user_id, runtime.clock.now())


@router.post("/users/{user_id}/restore")
async def restore_user(user_id: UUID, me: Me, tx: Tx) -> User:
    return await users.restore(tx, me, user_id)


@router.post("/users/{user_id}/unlock")
async def unlock_user(user_id: UUID, me: Me, tx: Tx) -> User:
    return await users.unlock(tx, me, user_id)


@router.post("/users/{user_id}/password")
async def post_user_password(user_id: UUID, body: PasswordWish, me: Me, runtime: RuntimeOf) -> PasswordSet:
    """Set a password (one is made up when none is given); all their sessions end."""
    me.reach("users.edit")
    password = body.password or users.made_up_password()
    hashed = await asyncio.to_thread(hash_password, password)
    async with runtime.database.transaction(Scope(me.tenant_id, me.user_id)) as tx:
        await users.set_password(tx, me, user_id, hashed)
    return PasswordSet(generated_password=None if body.password else password)


@router.get("/users/{user_id}/presence")
async def get_user_presence(user_id: UUID, me: Me, tx: Tx) -> views.PresenceView:
    await users.see(tx, me, user_id)
    return await views.presence(tx, user_id)


@router.put("/users/{user_id}/presence")
async def put_user_presence(
    user_id: UUID, body: PresenceForced, me: Me, tx: Tx, runtime: RuntimeOf
) -> views.PresenceView:
    """Change another agent's state; written down in the audit log."""
    await users.force_presence(tx, me, user_id, body.state, body.reason_id, runtime.clock.now())
    return await views.presence(tx, user_id)


@router.get("/permissions")
async def list_permissions(me: Me, runtime: RuntimeOf) -> list[PermissionView]:
    """Everything that roles can grant."""
    me.reach("users.see")
    return [
        PermissionView(name=one.name, label=one.label, scopes=list(one.extents))
        for one in sorted(runtime.registry.permissions.values(), key=lambda one: one.name)
    ]


@router.get("/roles")
async def list_roles(me: Me, tx: Tx, asked: Asked) -> Page[Role]:
    me.reach("users.see")
    return await listed(tx, ROLES, asked)


@router.post("/roles", status_code=201)
async def post_role(body: RoleIn, me: Me, tx: Tx, runtime: RuntimeOf) -> Role:
    return await roles.create(tx, me, body, runtime.registry.permissions)


@router.get("/roles/{role_id}")
async def get_role(role_id: UUID, me: Me, tx: Tx) -> Role:
    me.reach("users.see")
    return await ROLES.get(tx, role_id)


@router.patch("/roles/{role_id}")
async def patch_role(role_id: UUID, body: RoleChange, me: Me, tx: Tx, runtime: RuntimeOf) -> Role:
    return await roles.change(tx, me, role_id, body, runtime.registry.permissions)


@router.delete("/roles/{role_id}", status_code=204)
async def delete_role(role_id: UUID, me: Me, tx: Tx) -> None:
    await roles.archive(tx, me, role_id, archived=True)


@router.post("/roles/{role_id}/restore")
async def restore_role(role_id: UUID, me: Me, tx: Tx) -> Role:
    return await roles.archive(tx, me, role_id, archived=False)
