"""What modules add to the system.

Each module ends in `register(app: Registry)`: open that one function and see all that the module adds. Registration touches
nothing outside; `start` hooks run later, on the event loop, with the database open.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from fastapi import APIRouter

from tongdai.kit.clock import Clock, SystemClock
from tongdai.platform.auth import Permission
from tongdai.platform.config import Settings
from tongdai.platform.database import Database
from tongdai.platform.event_stream import EventStream
from tongdai.platform.events import Subscriptions
from tongdai.platform.realtime import Hub

T = TypeVar("T")
Service = Callable[["Runtime"], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The running process's shared parts, given to services, routes and handlers."""

    settings: Settings
    database: Database
    clock: Clock
    hub: Hub
    events: EventStream
    registry: "Registry"

    def get(self, kind: type[T]) -> T:
        """The process's one `kind`, put there by the module that owns it."""
        return self.registry.get(kind)


class Registry:
    """Collects what modules declare."""

    def __init__(self) -> None:
        self.routers: list[APIRouter] = []
        self.permissions: dict[str, Permission] = {}
        self.subscriptions = Subscriptions()
        self.hub = Hub()
        self.readiness: dict[str, Callable[[], bool]] = {}
        self._services: list[Service] = []
        self._singletons: dict[type[Any], Any] = {}

    def add_routes(self, router: APIRouter) -> None:
        self.routers.append(router)

    def declare(self, *permissions: Permission) -> None:
        for permission in permissions:
            if permission.name in self.permissions:
                raise ValueError(f"permission {permission.name} is declared twice")
            self.permissions[permission.name] = permission

    def ready_when(self, part: str, check: Callable[[], bool]) -> None:
        """Have the process called ready only when `check` says so, too: it may answer requests long before."""
        self.readiness[part] = check

    def run_service(self, service: Service) -> None:
        """Run a context manager for as long as the process serves: entered in order, left in reverse."""
        self._services.append(service)

    def put(self, value: object, kind: type[Any] | None = None) -> None:
        """Provide the process's one object of a type: how lower modules get what upper ones implement (ports)."""
        self._singletons[kind or type(value)] = value

    def get(self, kind: type[T]) -> T:
        try:
            return cast(T, self._singletons[kind])
        except KeyError:
            raise LookupError(f"nobody provides {kind.__qualname__}") from None

    def ensure(self, kind: type[T]) -> T:
        """The one object of a type that can be made empty (a registry of verbs, of sources…)."""
        if kind not in self._singletons:
            self._singletons[kind] = kind()
        return cast(T, self._singletons[kind])

    @asynccontextmanager
    async def running(
        self, settings: Settings, *, clock: Clock | None = None, services: bool = True, hand_off: bool = True
    ) -> AsyncGenerator[Runtime]:
        """Open the database, start the events and (unless `services` is False) the services."""
        database = Database(
            settings.database_dsn,
            pool_size=settings.database_pool_size,
            prompt_size=settings.database_calls_pool_size,
        )
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(database)
            events = EventStream(
                database, self.subscriptions, hand_off=hand_off, months=settings.event_log_months
            )
            runtime = Runtime(settings, database, clock or SystemClock(), self.hub, events, self)
            self.put(runtime)
            if services:
                await events.start()
                stack.push_async_callback(events.stop)
                await stack.enter_async_context(
                    self.hub.running(runtime.database, self.subscriptions, events)
                )
                for service in self._services:
                    await stack.enter_async_context(service(runtime))
            yield runtime
