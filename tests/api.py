"""The whole app in this process, asked over HTTP as one of its people: `site.sign_in("agent")`."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from tests.support import World
from tongdai.entrypoints.api import create_app
from tongdai.kit.ids import new_id
from tongdai.people.public import User, UserIn, create_user, hash_password
from tongdai.platform.config import Settings
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.registry import Runtime
from tongdai.tenancy.public import Founding, NewTenant, create_tenant

PASSWORD = "correct horse battery"
_HASH = hash_password(PASSWORD)


@dataclass
class Person:
    """Somebody who is signed in. `get`, `post` … give the answer; `ok` its JSON, and fails the test unless it is 2xx."""

    http: httpx.AsyncClient
    user: User

    @property
    def id(self) -> UUID:
        return self.user.id

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def put(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.put(path, json=body)

    async def patch(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.patch(path, json=body)

    async def delete(self, path: str) -> httpx.Response:
        return await self.http.delete(path)

    async def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = await self.http.request(method, path, json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@dataclass
class Site:
    """The app with one centre, and more when asked."""

    app: FastAPI
    world: World
    _stack: AsyncExitStack
    roles: dict[str, UUID] = field(default_factory=dict[str, UUID])
    _count: int = 0

    @property
    def runtime(self) -> Runtime:
        return self.app.state.runtime

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", timeout=30)

    async def person(self, role: str | None = "agent", **values: Any) -> User:
        """A user with a built-in role (None: without any)."""
        self._count += 1
        wanted = {
            "name": f"{(role or 'nobody').title()} {self._count}",
            "email": f"{role or 'nobody'}{self._count}.{self.world.tenant_id.hex[-8:]}@example.com",
            "role_ids": [self.roles[role]] if role else [],
            **values,
        }
        async with self.world.transaction() as tx:
            return await create_user(tx, None, UserIn.model_validate(wanted), _HASH)

    async def sign_in(self, role: str | None = "agent", **values: Any) -> Person:
        """A new user with this role, signed in."""
        return await self.sign_in_as(await self.person(role, **values))

    async def sign_in_as(self, user: User) -> Person:
        client = await self._stack.enter_async_context(self.client())
        answer = await client.post("/auth/sign-in", json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return Person(client, user)

    async def another_centre(self) -> "Site":
        """A second tenant on the same app: nothing of it may ever be seen from the first."""
        return await found(self.app, self._stack)

    async def do(self, work: Callable[[Transaction], Any]) -> Any:
        async with self.world.transaction() as tx:
            return await work(tx)


async def found(app: FastAPI, stack: AsyncExitStack) -> Site:
    runtime: Runtime = app.state.runtime
    tenant_id = new_id()
    async with runtime.database.transaction(Scope(tenant_id)) as tx:
        new = NewTenant(f"centre-{tenant_id.hex[-10:]}", "Centre", "VN", "Asia/Ho_Chi_Minh")
        await create_tenant(tx, new, runtime.get(Founding))
        roles = dict(await tx.fetch_tuples("SELECT builtin, id FROM roles WHERE tenant_id = %(tenant)s"))
    return Site(app, World(runtime.database, tenant_id), stack, roles)


_first: list[FastAPI] = []


def app_of(settings: Settings) -> FastAPI:
    """An app of its own. What its routes take and give is worked out once for all apps of this process: it depends on none."""
    app = create_app(settings, own_process=False)
    if not _first:
        _first.append(app)
    app.router.routes = _first[0].router.routes
    app.router.middleware_stack = _first[0].router.middleware_stack
    return app


@asynccontextmanager
async def running_site(dsn: str, folder: Path) -> AsyncGenerator[Site]:
    app = app_of(Settings(database_dsn=dsn, data_dir=folder))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield await found(app, stack)
