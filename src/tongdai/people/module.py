"""What people adds to the system."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from tongdai.people import api, api_groups, api_sessions, api_users, views
from tongdai.people.events import PresenceChanged, SessionEnded
from tongdai.people.repository import Presences
from tongdai.people.search import SearchUsers
from tongdai.people.services import presence
from tongdai.people.services.groups import add_default_reasons
from tongdai.people.services.roles import install_builtin_roles
from tongdai.people.services.sign_in import Throttle, end_expired_sessions
from tongdai.platform import leases
from tongdai.platform.auth import Extent, Permission, Principal
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.facts import Recorded
from tongdai.platform.http import Authenticator
from tongdai.platform.realtime import Push
from tongdai.platform.registry import Registry, Runtime
from tongdai.platform.search import SearchSources
from tongdai.tenancy.public import Founding, Subject, Subjects

_NEAR = (Extent.TEAM, Extent.PROJECT, Extent.TENANT)
PERMISSIONS = (
    Permission("users.see", "See users, teams, skills and projects", (Extent.OWN, *_NEAR)),
    Permission("users.edit", "Edit users", _NEAR),
    Permission("roles.edit", "Edit roles"),
    Permission("teams.edit", "Edit teams"),
    Permission("skills.edit", "Edit skills"),
    Permission("reasons.edit", "Edit reasons for not being ready"),
    Permission("presence.force", "Change other agents' state", _NEAR),
    Permission("tokens.edit", "Make API tokens of one's own"),
)

log = logging.getLogger(__name__)

SWEEP_S = 1.0
SESSIONS_EVERY = 30


def register(app: Registry) -> None:
    """Sign-in, presence and its grace time, pushes to the agent's own tabs."""
    app.put(api.CookieAuthenticator(), Authenticator)
    app.put(Throttle())
    app.add_routes(api.router)
    for router in (api_users.router, api_groups.router, api_sessions.router):
        app.add_routes(router)
    app.declare(*PERMISSIONS)
    tables = {"user": "users", "team": "teams", "skill": "skills", "role": "roles", "reason": "reasons"}
    app.ensure(Subjects).add(*(Subject(kind, table) for kind, table in tables.items()))
    app.ensure(Subjects).add(Subject("token", "api_tokens"))

    async def found(tx: Transaction) -> None:
        await install_builtin_roles(tx, app.permissions)
        await add_default_reasons(tx)

    app.ensure(Founding).add(found)
    app.ensure(SearchSources).add(SearchUsers())
    app.run_service(keep_builtin_roles)
    app.hub.publish([PresenceChanged], publish_presence)
    app.hub.describe(presence_changed=views.PresenceView, presence_forced=views.PresenceForcedView)
    liveness = Liveness()
    app.hub.watch_connections(liveness.connection_changed)
    app.run_service(liveness.service)
    app.subscriptions.on_fact(SessionEnded, lambda event: app.hub.end_session(event.fact.aggregate_id))


async def publish_presence(tx: Transaction, events: Sequence[Recorded]) -> Iterable[Push]:
    """The agent's own tabs see each change of presence, and who made it when that was another."""
    users: list[UUID] = list({event.fact.aggregate_id for event in events})
    shown = {view.user_id: view for view in await views.presences(tx, users)}
    pushes = [Push("me", "presence.changed", view, frozenset({view.user_id})) for view in shown.values()]
    forced = {
        event.fact.aggregate_id: event.fact.by
        for event in events
        if isinstance(event.fact, PresenceChanged)
        and event.fact.by is not None
        and event.fact.by != event.fact.aggregate_id
    }
    names = await views.names(tx, list(forced.values())) if forced else {}
    for user_id, by in forced.items():
        if by in names and user_id in shown:
            told = views.PresenceForcedView(by=names[by], presence=shown[user_id])
            pushes.append(Push("me", "presence.forced", told, frozenset({user_id})))
    return pushes


@contextlib.asynccontextmanager
async def keep_builtin_roles(runtime: Runtime) -> AsyncGenerator[None]:
    """After an update the built-in roles of every tenant hold what the new version says."""
    async with runtime.database.transaction(Scope.system()) as tx:
        tenants = await tx.fetch_tuples("SELECT DISTINCT tenant_id FROM roles WHERE builtin IS NOT NULL")
    for (tenant_id,) in tenants:
        async with runtime.database.transaction(Scope(tenant_id)) as tx:
            await install_builtin_roles(tx, runtime.registry.permissions)
    yield


class Liveness:
    """A browser that is gone (closed, or its network lost) makes its agent offline after the grace time. A session's time ends
    for what it opened, too: who only looks on or listens in asks nothing that would be refused."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        await self._after_start()
        async with leases.held(runtime.database, "people.liveness", self._sweep):
            yield
        for task in list(self._tasks):
            task.cancel()

    async def _after_start(self) -> None:
        """This process was down: nobody is connected to it. Whoever does not come back in the grace time is gone."""
        async with self._runtime.database.transaction(Scope.system()) as tx:
            await Presences(tx).start_grace_of_node(self._runtime.settings.node, self._runtime.clock.now())

    def connection_changed(self, principal: Principal, connected: bool) -> None:
        task = asyncio.create_task(self._note(principal, connected))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _note(self, principal: Principal, connected: bool) -> None:
        if not connected and self._runtime.hub.is_connected(principal.tenant_id, principal.user_id):
            return
        at = self._runtime.clock.now()

        async def work(tx: Transaction) -> None:
            if connected:
                await presence.connect(tx, principal.user_id, self._runtime.settings.node, at)
            else:
                await presence.disconnect(tx, principal.user_id, at)

        await self._runtime.database.retrying(Scope(principal.tenant_id), work, prompt=False)

    async def _sweep(self, _: leases.Lease) -> None:
        for turn in count():
            await asyncio.sleep(SWEEP_S)
            now = self._runtime.clock.now()
            with contextlib.suppress(DatabaseAway):
                await self._expire_grace(now)
                if turn % SESSIONS_EVERY == 0:
                    await end_expired_sessions(self._runtime.database, now)

    async def _expire_grace(self, now: datetime) -> None:
        before = now - timedelta(seconds=self._runtime.settings.presence_grace)
        async with self._runtime.database.transaction(Scope.system()) as tx:
            gone = await Presences(tx).gone_since(before)
        for tenant_id, user_id in gone:
            async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
                await presence.expire_grace(tx, user_id, before, now)
