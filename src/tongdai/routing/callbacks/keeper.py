"""Looks after callbacks by the clock: one leased keeper per installation. All it does is checked again under the callback's lock,
so that two at once would do nothing twice."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.platform import leases
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.driver import CONFLICTS
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.registry import Runtime
from tongdai.routing.callbacks import service
from tongdai.routing.errors import CallbackMoved
from tongdai.routing.repositories.callbacks import Callbacks

log = logging.getLogger(__name__)

LOOK_S = 0.5
HOURS_EVERY = timedelta(seconds=20)
"""How often those that wait are looked at for hours that have ended, and attempts for calls that are over."""

Step = Callable[[Transaction, UUID, datetime], Awaitable[None]]


class Keeper:
    """One per process; the one that holds the lease works."""

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        async with leases.held(runtime.database, "routing.callbacks", self._run):
            yield

    async def _run(self, _: leases.Lease) -> None:
        next_hours = self._runtime.clock.now()
        while True:
            now = self._runtime.clock.now()
            with contextlib.suppress(DatabaseAway):
                await self.look(now)
                if now >= next_hours:
                    await self.look_over(now)
                    next_hours = now + HOURS_EVERY
            await asyncio.sleep(LOOK_S)

    async def look(self, now: datetime) -> None:
        """What is due now."""
        async with self._runtime.database.transaction(Scope.system()) as tx:
            due = await Callbacks(tx).now_due(now)
        for tenant_id, callback_id in due:
            await self._step(service.come_due, tenant_id, callback_id, now)

    async def look_over(self, now: datetime) -> None:
        """What nobody's news tells: hours that have ended, calls that were closed without us."""
        async with self._runtime.database.transaction(Scope.system()) as tx:
            left = await Callbacks(tx).left_behind()
            waiting = await Callbacks(tx).waiting()
        for tenant_id, interaction_id in left:
            await self._step(service.count_left_behind, tenant_id, interaction_id, now)
        for tenant_id, callback_id in waiting:
            await self._step(service.put_off, tenant_id, callback_id, now)

    async def _step(self, step: Step, tenant_id: UUID, subject: UUID, now: datetime) -> None:
        """One callback that cannot be helped keeps no other from being looked after."""
        try:
            async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
                await step(tx, subject, now)
        except DatabaseAway:
            raise
        except (CallbackMoved, *CONFLICTS):
            pass  # it is looked at again
        except Exception:
            log.exception("the callback %s could not be looked after", subject)
