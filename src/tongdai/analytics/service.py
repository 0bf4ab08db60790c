"""Keeps the live figures of each tenant that somebody watches, and pushes what changed, a few times a second."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.analytics import views
from tongdai.analytics.live import OPEN_PROMISES, LiveFigures, Outcome, Promise, Stay
from tongdai.analytics.repository import AgentRow, Board
from tongdai.conversations.events import (
    AssignmentFact,
    InteractionClosed,
    InteractionConnected,
    InteractionFact,
    InteractionQueued,
)
from tongdai.conversations.public import my_day
from tongdai.kit.waiting import is_set_within
from tongdai.people.events import PresenceChanged
from tongdai.people.public import presence_view, reader_of
from tongdai.platform.auth import Principal, Reach
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.database.session import DatabaseAway
from tongdai.platform.errors import NotFound
from tongdai.platform.facts import Recorded
from tongdai.platform.realtime import Push
from tongdai.platform.registry import Runtime
from tongdai.routing.events import CallbackChanged, QueueChanged
from tongdai.routing.public import PaceRow, QueueRules, all_rules, belongs_by_name, paces

log = logging.getLogger(__name__)

PERMISSION = "live.see"
TOPIC = "board"
APART_S = 0.1
"""What changes within this long of a push goes out together with the next; what changes after a quiet time goes out at once."""
PACES_EVERY = timedelta(seconds=5)
"""How often it is asked how fast the queues go: what the expected wait is reckoned from."""
LOOK_S = 1.0
"""How often the trends are looked after while nothing happens."""


class TenantBoard:
    """The figures of one tenant with what has changed since the last push."""

    def __init__(self, figures: LiveFigures) -> None:
        self.figures = figures
        self.agents: dict[UUID, AgentRow] = {}
        self.members: dict[UUID, QueueRules] = {}
        self.dirty_queues: set[UUID] = set()
        self.dirty_agents: set[UUID] = set()
        self.dirty_trends: set[UUID] = set()
        self.stale_rules = False
        self.paces: Mapping[UUID, PaceRow] = {}
        self.paces_at = figures.day

    def put_paces(self, now: datetime, found: Mapping[UUID, PaceRow]) -> None:
        changed = (queue_id for queue_id, row in found.items() if self.paces.get(queue_id) != row)
        self.dirty_queues.update(self.figures.queues.keys() & set(changed))
        self.paces, self.paces_at = found, now

    @property
    def dirty(self) -> bool:
        return bool(self.dirty_agents or self.dirty_queues or self.dirty_trends or self.stale_rules)

    def take(self, event: Recorded) -> None:
        """Fold one fact in."""
        fact = event.fact
        match fact:
            case CallbackChanged():
                self._promise(fact)
            case InteractionFact() if fact.aggregate_id in self.figures.not_on_the_line:
                pass
            case InteractionQueued(queue_id=UUID() as queue_id):
                self._put(fact.aggregate_id, Stay(queue_id, fact.at))
            case InteractionConnected():
                self._end(fact.aggregate_id, Outcome.ANSWERED, fact.waited_s)
            case InteractionClosed(abandoned_in_queue=True):
                self._end(fact.aggregate_id, Outcome.ABANDONED, fact.waited_s)
            case InteractionFact(phase="flow" | "voicemail" | "ended"):
                self._end(fact.aggregate_id, Outcome.LEFT, 0.0)
            case PresenceChanged():
                self.dirty_agents.add(fact.aggregate_id)
            case AssignmentFact():
                self.dirty_agents.add(fact.user_id)
            case QueueChanged():
                self.stale_rules = True
            case _:
                pass
        if isinstance(fact, InteractionFact) and fact.user_id is not None:
            self.dirty_agents.add(fact.user_id)

    def _promise(self, fact: CallbackChanged) -> None:
        if fact.interaction_id is not None:
            # Once the customer answered, somebody is.
            on_the_line = fact.state not in OPEN_PROMISES
            keep = self.figures.not_on_the_line
            (keep.discard if on_the_line else keep.add)(fact.interaction_id)
        if fact.queue_id is not None:
            took = (fact.served_at - fact.asked_at).total_seconds() if fact.served_at else None
            promise = Promise(fact.queue_id, fact.state, fact.asked_at, took)
            changed = self.figures.put_promise(fact.aggregate_id, promise)
            if changed is not None:
                self.dirty_queues.add(changed)

    def _put(self, interaction_id: UUID, stay: Stay) -> None:
        changed = self.figures.put_stay(interaction_id, stay)
        if changed is not None:
            self.dirty_queues.add(changed)

    def _end(self, interaction_id: UUID, outcome: Outcome, waited_s: float) -> None:
        stay = self.figures.stay(interaction_id)
        if stay is not None and stay.outcome is Outcome.WAITING:
            self._put(interaction_id, Stay(stay.queue_id, stay.since, outcome, waited_s))

    def states_of(self, queue_id: UUID) -> list[str]:
        """The states of the agents whom the queue names as members."""
        rules = self.members.get(queue_id)
        if rules is None:
            return []
        return [views.shown(row) for row in self.agents.values() if belongs_by_name(rules, row.user_id)]

    def tile(self, queue_id: UUID) -> views.QueueTile:
        figures, pace = self.figures.queues[queue_id], self.paces.get(queue_id)
        expected = pace.expected_wait(len(figures.waiting)) if pace is not None else None
        return views.queue_tile(
            figures, self.states_of(queue_id), expected, figures.promised(self.figures.day)
        )


class LiveBoards:
    """One board per tenant that somebody watches, or that alerts are made of; built when first asked for."""

    def __init__(self) -> None:
        self._boards: dict[UUID, TenantBoard] = {}
        self._kept: frozenset[UUID] = frozenset()
        self._building = asyncio.Lock()
        self._changed = asyncio.Event()

    @contextlib.asynccontextmanager
    async def service(self, runtime: Runtime) -> AsyncGenerator[None]:
        self._runtime = runtime
        runtime.registry.subscriptions.follow(self._follow)
        task = asyncio.create_task(self._push_all())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _follow(self, batch: Sequence[Recorded]) -> None:
        for event in batch:
            board = self._boards.get(event.tenant_id)
            if board is not None:
                board.take(event)
                if board.dirty:
                    self._changed.set()

    def keep(self, tenant_ids: frozenset[UUID]) -> None:
        """Keep these tenants' boards up to date though nobody looks at them: something else is made of them."""
        self._kept = tenant_ids

    async def board(self, tenant_id: UUID) -> TenantBoard:
        """The tenant's board, of today."""
        async with self._building:
            now = self._runtime.clock.now()
            board = self._boards.get(tenant_id)
            if board is None:
                return await self._build(tenant_id, now)
            if now - board.figures.day >= timedelta(days=1):
                board = await self._build(tenant_id, now)
                # Whoever looks on over midnight is told that the day begins anew.
                board.dirty_queues.update(board.figures.queues)
                board.dirty_trends.update(board.figures.queues)
            return board

    async def _build(self, tenant_id: UUID, now: datetime) -> TenantBoard:
        async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
            # Known before it is filled: facts that arrive meanwhile are folded in, and folding twice changes nothing.
            day = await Board(tx).day_start(now)
            board = TenantBoard(LiveFigures(day))
            self._boards[tenant_id] = board
            for rules in await Board(tx).queues():
                board.figures.put_queue(rules)
            for interaction_id, stay in await Board(tx).stays(day):
                if board.figures.stay(interaction_id) is None:
                    board.figures.put_stay(interaction_id, stay)
            for callback_id, interaction_id, promise in await Board(tx).promises(day):
                if interaction_id is not None and promise.state in OPEN_PROMISES:
                    board.figures.not_on_the_line.add(interaction_id)
                if not board.figures.knows_promise(callback_id):
                    board.figures.put_promise(callback_id, promise)
            board.agents = {row.user_id: row for row in await Board(tx).agents()}
            board.members = {rules.id: rules for rules in await all_rules(tx)}
            board.put_paces(now, await paces(tx))
        board.figures.recall_trend(now)
        return board

    async def view(self, tenant_id: UUID, reach: Reach) -> views.BoardView:
        """The board as one person may see it."""
        board = await self.board(tenant_id)
        now = self._runtime.clock.now()
        within = [
            figures
            for queue_id, figures in board.figures.queues.items()
            if reach.covers(queue_id=queue_id, project_id=figures.rules.project_id)
        ]
        queues = [board.tile(figures.rules.id) for figures in within]
        agents = [
            row
            for row in board.agents.values()
            if reach.covers(user_id=row.user_id, team_ids=frozenset(row.team_ids))
        ]
        shown = [views.shown(row) for row in agents]
        answered = sum(tile.answered for tile in queues)
        in_target = sum(tile.answered_in_target for tile in queues)
        lost = sum(tile.abandoned - tile.short_abandoned for tile in queues)
        return views.BoardView(
            seq=self._runtime.hub.seq,
            at=now,
            queues=queues,
            trends=[views.queue_trend(figures) for figures in within],
            agents=[views.agent_tile(row) for row in agents],
            totals=views.Totals(
                waiting=sum(tile.waiting for tile in queues),
                talking=sum(state in ("talking", "hold") for state in shown),
                ready=sum(state in ("ready", "offered") for state in shown),
                service_level=in_target / (answered + lost) if answered + lost else None,
                abandoned=sum(tile.abandoned for tile in queues),
                answered=answered,
            ),
        )

    async def _push_all(self) -> None:
        while True:
            await is_set_within(self._changed, LOOK_S)
            self._changed.clear()
            for tenant_id in list(self._boards):
                try:
                    await self._push(tenant_id)
                except DatabaseAway:
                    continue
                except Exception:
                    log.exception("pushing the live board failed")
            await asyncio.sleep(APART_S)

    async def _push(self, tenant_id: UUID) -> None:
        if tenant_id not in self._kept and not self._runtime.hub.clients(tenant_id):
            # Nobody looks: forget it, and build it afresh for the next who does.
            self._boards.pop(tenant_id, None)
            return
        board = await self.board(tenant_id)
        now = self._runtime.clock.now()
        board.dirty_trends.update(board.figures.note_trend(now))
        if now - board.paces_at >= PACES_EVERY:
            async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
                board.put_paces(now, await paces(tx))
        if not board.dirty:
            return
        users, board.dirty_agents = board.dirty_agents, set()
        try:
            rows = await self._look_up(tenant_id, board, users)
        except Exception:
            # What could not be looked up is still to be told, with the next push.
            board.dirty_agents |= users
            raise
        for row in rows:
            board.agents[row.user_id] = row
        for rules in board.members.values():
            if any(belongs_by_name(rules, user_id) for user_id in users):
                board.dirty_queues.add(rules.id)
        queues, board.dirty_queues = board.dirty_queues, set()
        trends, board.dirty_trends = board.dirty_trends, set()
        pushes = [
            Push(
                TOPIC,
                "board.agent",
                views.agent_tile(row),
                permission=PERMISSION,
                owner_id=row.user_id,
                team_ids=frozenset(row.team_ids),
            )
            for row in rows
        ]
        pushes += [
            _of_queue(board, "board.queue", queue_id, board.tile(queue_id))
            for queue_id in queues & board.figures.queues.keys()
        ]
        pushes += [
            _of_queue(board, "board.trend", queue_id, views.queue_trend(board.figures.queues[queue_id]))
            for queue_id in trends & board.figures.queues.keys()
        ]
        self._runtime.hub.push(tenant_id, pushes)

    async def _look_up(self, tenant_id: UUID, board: TenantBoard, users: set[UUID]) -> list[AgentRow]:
        """The agents as they are now; and the queues' rules where they have changed."""
        if not users and not board.stale_rules:
            return []
        async with self._runtime.database.transaction(Scope(tenant_id)) as tx:
            rows = await Board(tx).agents(list(users)) if users else []
            if board.stale_rules:
                found = await Board(tx).queues()
                board.members = {rules.id: rules for rules in await all_rules(tx)}
                board.figures.forget_queues_but({rules.id for rules in found})
                for rules in found:
                    board.figures.put_queue(rules)
                    board.dirty_queues.add(rules.id)
                board.stale_rules = False
            return rows


async def agent_up_close(tx: Transaction, me: Principal, user_id: UUID, now: datetime) -> views.AgentView:
    """Raises NotFound for whom `me` does not see on the board."""
    reach = me.reach(PERMISSION)
    rows = await Board(tx).agents([user_id])
    if not rows or not reach.covers(user_id=user_id, team_ids=frozenset(rows[0].team_ids)):
        raise NotFound()
    reader = await reader_of(tx, me.user_id)
    return views.AgentView(
        tile=views.agent_tile(rows[0]),
        presence=await presence_view(tx, user_id, reader.locale),
        contact=views.contact_now(rows[0]),
        day=await my_day(tx, user_id, reader.time_zone, reader.locale, now),
    )


def _of_queue(board: TenantBoard, kind: str, queue_id: UUID, data: object) -> Push:
    project_id = board.figures.queues[queue_id].rules.project_id
    return Push(TOPIC, kind, data, permission=PERMISSION, queue_id=queue_id, project_id=project_id)
