"""Callers, agents, timers, errors and lost connections in any order: whatever happens, the books are right in the end."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.support import until
from tests.telephony.fake_floor import FakeCentre, FakeFloor, fake_floor

from tongdai.platform.errors import AppError
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.ari.fake.channels import FakeChannel

FLOW = """
flow: anything
start: answer
nodes:
  answer:
    answer:
    go: hello
  hello:
    say: {silence: 2}
    go: queue
  queue:
    queue: {queue: Support, max_wait: 60, leave_key: "9", announcements: {silence: 3}, announce_every: 8}
    go: {timeout: mailbox, left: mailbox}
  mailbox:
    voicemail: {mailbox: main, say: {silence: 1}, max_seconds: 6, silence_seconds: 2}
    go: end
  end:
    hang_up:
"""
PAUSES = st.sampled_from([0.0, 0.0, 0.002, 0.01, 0.05])
CHECKS: Any = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
    "phases": [Phase.generate],
}
TROUBLE = [("addChannel", 404), ("addChannel", 500), ("/play/", 404), ("/channels/agent-", 500), ("/answer", 404),
           ("/snoop/", 500), ("/record", 409), ("/moh", 500)]  # fmt: skip


class Floor:
    """The one product that all runs share, on a loop of its own."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.floor: FakeFloor = self.do(self._stack.enter_async_context(fake_floor(dsn, folder)))

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def in_time() -> Any:
            async with asyncio.timeout(180):
                return await work

        return self.loop.run_until_complete(in_time())

    def close(self) -> None:
        self.do(self._stack.aclose())
        self.loop.close()


class AnyOrder(RuleBasedStateMachine):
    """Each step is something that one of the parties does; `n` chooses among those who could do it."""

    shared: ClassVar[Floor]

    def __init__(self) -> None:
        super().__init__()
        self.answered: set[UUID] = set()
        """Assignments whose phone was answered while Asterisk knew of it."""
        self.lossy = False
        self.centre: FakeCentre | None = None

    @property
    def floor(self) -> FakeFloor:
        return self.shared.floor

    @property
    def here(self) -> FakeCentre:
        assert self.centre is not None
        return self.centre

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.shared.do(work)

    @initialize(
        agents=st.integers(1, 2),
        strategy=st.sampled_from(["longest_idle", "ring_all"]),
        wrap_up=st.sampled_from([0.0, 4.0]),
        through=st.booleans(),
    )
    def open(self, agents: int, strategy: str, wrap_up: float, through: bool) -> None:
        self.do(self.floor.up())
        settings: dict[str, Any] = {
            "strategy": strategy,
            "wrap_up_s": wrap_up,
            "offer_timeout_s": 10.0,
            "missed_limit": 0,
        }
        self.centre = self.do(self.floor.centre(FLOW, agents=agents, recording="always", **settings))
        self.here.call_in()
        if through:
            self.a_call_gets_through()

    @rule(seconds=st.sampled_from([0.0, 3.0]))
    def then_another(self, seconds: float) -> None:
        self.a_call_gets_through()
        self.do(self.floor.pass_time(seconds))

    @rule(
        what=st.sampled_from(
            ["calls", "hangs_up", "hangs_up_silently", "vanishes", "presses_5", "presses_9", "presses_#"]
        ),
        n=st.integers(0, 9),
        pause=PAUSES,
    )
    def a_customer(self, what: str, n: int, pause: float) -> None:
        switch, placed = self.floor.fake.switch, self.here.placed
        up = [caller for caller in placed if caller.id in switch.channels]
        caller = up[n % len(up)] if up else None
        if what == "calls":
            if len(placed) < 6:
                self.here.call_in()
        elif caller is None:
            pass
        elif what == "vanishes":
            if caller.state == "Up":
                switch.far_vanishes(caller)
        elif what.startswith("presses"):
            switch.far_presses(caller, what[-1])
        else:
            answered = None if what == "hangs_up_silently" else 16
            switch.far_hangs_up(caller, answered if caller.state == "Up" else 127)
        self.do(asyncio.sleep(pause))

    @rule(
        what=st.sampled_from(["answers", "answers", "refuses", "hangs_up", "vanishes", "holds", "resumes"]),
        n=st.integers(0, 9),
        status=st.sampled_from([486, 603, 480, 503, 302]),
        pause=PAUSES,
    )
    def a_phone(self, what: str, n: int, status: int, pause: float) -> None:
        switch = self.floor.fake.switch
        phones = self.here.ringing() if what in ("answers", "refuses") else self.here.talking()
        if phones:
            phone = phones[n % len(phones)]
            match what:
                case "answers":
                    self._answer(phone)
                case "refuses":
                    switch.far_refuses(phone, status)
                case "hangs_up":
                    switch.far_hangs_up(phone)
                case "vanishes":
                    switch.far_vanishes(phone)
                case _:
                    switch.far_holds(phone, held=what == "holds")
        self.do(asyncio.sleep(pause))

    @rule(
        what=st.sampled_from(["hold", "resume", "hang_up", "rejoin", "ready", "not ready"]),
        n=st.integers(0, 9),
        pause=PAUSES,
    )
    def an_agent_wants(self, what: str, n: int, pause: float) -> None:
        agent = self.here.agents[n % len(self.here.agents)]
        if what == "ready":
            self.do(self.here.world.ready(agent))
        elif what == "not ready":
            self.do(self.here.world.not_ready(agent))
        else:
            for call in self.floor.exchange.calls():
                if call.row.user_id == agent:
                    self.do(self._order(call.row.id, what, agent))
        self.do(asyncio.sleep(pause))

    @rule(seconds=st.sampled_from([0.5, 2.0, 6.0, 12.0, 30.0]))
    def time_passes(self, seconds: float) -> None:
        self.do(self.floor.pass_time(seconds))

    @rule(what=st.sampled_from([*TROUBLE, "connection", "app", "asterisk"]), pause=PAUSES)
    def trouble(self, what: Any, pause: float) -> None:
        self.lossy = True
        fake = self.floor.fake
        match what:
            case "connection":
                self.do(fake.drop())
            case "app":
                self.do(self._restart())
            case "asterisk":
                phones = {name for name, online in fake.switch.endpoints.items() if online}
                self.do(fake.crash())
                fake.switch.endpoints |= dict.fromkeys(phones, True)
            case _:
                fake.refusals.append(what)
        self.do(asyncio.sleep(pause))

    async def _restart(self) -> None:
        """The actors are gone; what goes on is built from the rows."""
        await self.floor.fake.drop()
        for call in self.floor.exchange.calls():
            await call.cancel()

    def a_call_gets_through(self) -> None:
        if len(self.here.placed) < 6:
            self.here.call_in()
        self.do(asyncio.sleep(0.02))
        self.do(self.floor.pass_time(3))

        async def ring_or_give_up() -> None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await self.here.rings()

        self.do(ring_or_give_up())
        for phone in self.here.ringing()[:1]:
            self._answer(phone)

    def _answer(self, phone: FakeChannel) -> None:
        self.floor.fake.switch.far_rings(phone)
        if self.floor.fake.switch.far_answers(phone) and phone.id.startswith("agent-"):
            self.answered.add(UUID(phone.id.removeprefix("agent-")[:36]))

    async def _order(self, call_id: UUID, command: str, user_id: UUID) -> None:
        try:
            await self.floor.exchange.order(call_id, command, "", user_id)
        except AppError:
            pass
        except AriError:
            if not self.lossy:
                raise

    # In the end

    def teardown(self) -> None:
        if self.centre is not None:
            self.do(self._end())

    async def _end(self) -> None:
        fake, centre = self.floor.fake, self.here
        fake.refusals.clear()
        await self.floor.up()
        for caller in centre.placed:
            fake.switch.far_hangs_up(caller)

        async def over() -> bool:
            await self.floor.pass_time(1)
            open_ = await centre.rows(
                "SELECT id, state, phase FROM interactions WHERE tenant_id = %(tenant)s AND state <> 'closed'"
            )
            return self.floor.exchange.idle and not open_ and not centre.mine() and not await self._occupied()

        try:
            await until(over)
        except TimeoutError:
            raise AssertionError(await self._what_is_left()) from None
        await self._books()

    async def _occupied(self) -> list[tuple[Any, ...]]:
        return await self.here.rows(
            "SELECT user_id, in_use FROM agent_loads WHERE tenant_id = %(tenant)s AND in_use <> 0"
            " UNION ALL SELECT id, 1 FROM assignments WHERE tenant_id = %(tenant)s AND state <> 'done'"
        )

    async def _what_is_left(self) -> dict[str, Any]:
        rows = self.here.rows
        return {
            "interactions": await rows(
                "SELECT peer_raw, state, phase, result FROM interactions WHERE tenant_id = %(tenant)s AND state <> 'closed'"
            ),
            "calls": await rows(
                "SELECT state, agent_channel FROM calls WHERE tenant_id = %(tenant)s AND ended_at IS NULL"
            ),
            "assignments": await rows(
                "SELECT id, state, outcome FROM assignments WHERE tenant_id = %(tenant)s AND state <> 'done'"
            ),
            "entries": await rows("SELECT state FROM queue_entries WHERE tenant_id = %(tenant)s"),
            "occupied": await self._occupied(),
            "channels": [(c.id, c.name, c.state, c.in_app) for c in self.here.mine()],
            "actors": [
                (str(c.row.id), c.row.state, type(c.state).__name__, c.legs)
                for c in self.floor.exchange.calls()
            ],
            "requests": self.floor.fake.requests[-12:],
        }

    async def _books(self) -> None:
        rows = self.here.rows
        seen = await rows(
            "SELECT i.peer_raw, i.id, i.result, i.started_at, i.closed_at, i.connected_at, c.ended_at, c.state"
            " FROM interactions i LEFT JOIN calls c ON (c.tenant_id, c.interaction_id) = (i.tenant_id, i.id)"
            " WHERE i.tenant_id = %(tenant)s"
        )
        numbers = [row[0] for row in seen]
        assert len(numbers) == len(set(numbers)), f"one caller in the log twice: {numbers}"
        assert self.lossy or len(numbers) == len(self.here.placed), (numbers, len(self.here.placed))
        takers: dict[UUID, set[UUID]] = {}
        for assignment, interaction in await rows(
            "SELECT id, interaction_id FROM assignments WHERE tenant_id = %(tenant)s"
        ):
            takers.setdefault(interaction, set()).add(assignment)
        for number, interaction, result, started, ended, connected, call_ended, call_state in seen:
            assert ended >= started, number
            assert (call_state, call_ended) == ("ended", ended), number
            assert (result == "answered") == (connected is not None), (number, result)
            if result == "answered":
                assert takers.get(interaction, set()) & self.answered, f"{number}: answered by nobody"
        overlaps = await rows(
            "SELECT a.kind, b.kind, a.started_at, a.ended_at, b.started_at, b.ended_at FROM interaction_segments a"
            " JOIN interaction_segments b ON (b.tenant_id, b.interaction_id, b.participant)"
            " = (a.tenant_id, a.interaction_id, a.participant) AND b.id > a.id AND b.started_at < a.ended_at"
            " AND a.started_at < b.ended_at WHERE a.tenant_id = %(tenant)s AND a.participant = 'customer'"
        )
        assert not overlaps, overlaps
        states = await rows(
            "SELECT a.state, b.state FROM agent_segments a JOIN agent_segments b"
            " ON (b.tenant_id, b.user_id) = (a.tenant_id, a.user_id)"
            " AND b.id > a.id AND b.started_at < a.ended_at AND a.started_at < b.ended_at WHERE a.tenant_id = %(tenant)s"
        )
        assert not states, states
        assert not [c for c in self.floor.exchange.calls() if c.row.tenant_id == self.here.world.tenant_id]
        orphans = [bridge for bridge in self.floor.fake.switch.bridges if not bridge.startswith("music-")]
        assert not orphans, orphans


@pytest.fixture
def shared(dsn: str, tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(dsn, tmp_path)
    yield floor
    floor.close()


def test_whatever_the_order_the_books_are_right(shared: Floor) -> None:
    AnyOrder.shared = shared
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(max_examples=12, stateful_step_count=30, deadline=None, **CHECKS),
    )
