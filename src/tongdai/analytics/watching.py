"""Raises and clears alerts: one leased evaluator looks at the live figures of every tenant that has rules.

Two at once would raise nothing twice: the database holds one open alert of a rule on a queue or agent. Whoever takes over goes
on from the alerts that are open.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.analytics.events import AlertCleared, AlertRaised, AlertRuleChanged
from tongdai.analytics.measures import Measured, measured
from tongdai.analytics.policies import CALM, AlertRule, Watch, look
from tongdai.analytics.repositories.alerts import Alerts
from tongdai.analytics.service import LiveBoards, TenantBoard
from tongdai.platform import leases
from tongdai.platform.database import Scope
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.registry import Registry, Runtime
from tongdai.tenancy.public import ALERTS_KEPT_DAYS

log = logging.getLogger(__name__)

FORGET_EVERY = timedelta(hours=1)
FORGOTTEN_AT_ONCE = 1000
LOOK_S = 1.0
Key = tuple[UUID, UUID]
"""A rule, and the queue or agent that it looks at."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one look at a tenant changes. `raised` with what was measured; `cleared` with the worst that there was."""

    raised: list[tuple[AlertRule, Measured]]
    cleared: list[tuple[Key, float | None]]
    watches: dict[Key, Watch]


def turn(board: TenantBoard, rules: list[AlertRule], before: dict[Key, Watch], now: datetime) -> Turn:
    """Look at all that the rules are about. What no rule looks at any more (the rule or the queue is gone) is cleared."""
    found = Turn([], [], {})
    seen: set[Key] = set()
    for rule in rules:
        for what in measured(rule, board.figures.queues.values(), board.agents.values(), now):
            key = (rule.id, what.subject_id)
            seen.add(key)
            was = before.get(key, CALM)
            watch = look(rule, was, what.value, now)
            if watch.raised and not was.raised:
                found.raised.append((rule, what))
            elif was.raised and not watch.raised:
                found.cleared.append((key, watch.worst))
            if watch.raised or watch.turning_since is not None:
                found.watches[key] = watch
    gone = [(key, was.worst) for key, was in before.items() if was.raised and key not in seen]
    found.cleared.extend(gone)
    return found


class AlertWatch:
    """The evaluator. One per process; the one that holds the lease works."""

    def __init__(self, boards: LiveBoards) -> None:
        self._boards = boards
        self._rules: dict[UUID, list[AlertRule]] = {}
        self._watches: dict[UUID, dict[Key, Watch]] = {}
        self._stale: set[UUID] = set()

    def listen(self, app: Registry) -> None:
        app.subscriptions.on_fact(AlertRuleChanged, lambda event: self._stale.add(event.tenant_id))

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        async with leases.held(runtime.database, "analytics.alerts", self._run):
            yield

    async def _run(self, _: leases.Lease) -> None:
        """Look until cancelled. Started anew, from what is stored, whenever this process gets the lease."""
        try:
            await self.load()
            forget_at = self._runtime.clock.now()
            while True:
                with contextlib.suppress(DatabaseAway):
                    await self.look_at_all()
                    if self._runtime.clock.now() >= forget_at:
                        more = await self.forget_old()
                        forget_at = self._runtime.clock.now() + (timedelta() if more else FORGET_EVERY)
                await asyncio.sleep(LOOK_S)
        finally:
            self._boards.keep(frozenset())

    async def load(self) -> None:
        """The rules and the open alerts of every tenant."""
        self._stale.clear()
        self._rules, self._watches = {}, {}
        async with self._runtime.database.transaction(Scope.system()) as tx:
            rules, open_alerts = await Alerts(tx).rules(), await Alerts(tx).open()
        for rule in rules:
            self._rules.setdefault(rule.tenant_id, []).append(rule)
        for alert in open_alerts:
            watches = self._watches.setdefault(alert.tenant_id, {})
            watches[alert.rule_id, alert.subject_id] = Watch(raised=True, worst=alert.value)

    async def forget_old(self) -> bool:
        """Delete some of the alerts that nobody keeps any more. Gives whether there may be more."""
        async with self._runtime.database.transaction(Scope.system()) as tx:
            gone = await Alerts(tx).forget_old(self._runtime.clock.now(), ALERTS_KEPT_DAYS, FORGOTTEN_AT_ONCE)
        return gone >= FORGOTTEN_AT_ONCE

    async def look_at_all(self) -> None:
        """One look at each tenant. One that fails does not keep the others from theirs."""
        await self._refresh()
        tenants = frozenset(self._rules) | frozenset(self._watches)
        self._boards.keep(tenants)
        for tenant_id in tenants:
            try:
                await self._look_at(tenant_id)
            except DatabaseAway:
                raise
            except Exception:
                log.exception("the alerts of tenant %s could not be looked after", tenant_id)

    async def _refresh(self) -> None:
        while self._stale:
            tenant_id = self._stale.pop()
            try:
                async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
                    rules = await Alerts(tx).rules(tenant_id)
            except Exception:
                self._stale.add(tenant_id)
                raise
            self._rules[tenant_id] = rules

    async def _look_at(self, tenant_id: UUID) -> None:
        now = self._runtime.clock.now()
        before = self._watches.get(tenant_id, {})
        board = await self._boards.board(tenant_id)
        rules = self._rules.get(tenant_id, [])
        found = turn(board, rules, before, now)
        if found.raised or found.cleared:
            await self._tell(tenant_id, found, now)
        self._watches[tenant_id] = found.watches
        if not rules and not found.watches:
            self._rules.pop(tenant_id, None)
            self._watches.pop(tenant_id, None)

    async def _tell(self, tenant_id: UUID, found: Turn, now: datetime) -> None:
        async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
            for rule, what in found.raised:
                if (alert_id := await Alerts(tx).raise_(rule, what, now)) is not None:
                    tx.emit(AlertRaised(aggregate_id=alert_id, aggregate_version=1))
            for (rule_id, subject_id), worst in found.cleared:
                if (cleared := await Alerts(tx).clear(rule_id, subject_id, worst, now)) is not None:
                    tx.emit(AlertCleared(aggregate_id=cleared[0], aggregate_version=cleared[1]))
