"""kill -9 of the app while customers wait to be called back, and while one is: nobody is forgotten, nobody called twice."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.drills.calls import LINE, Calls
from tests.drills.stack import Stack
from tests.ports import free_port
from tests.support import until
from tests.telephony.ua import Leg, Ua

from tongdai.entrypoints.simulate.agents import Floor, run_agents
from tongdai.entrypoints.simulate.media import voice
from tongdai.entrypoints.simulate.phone import Phone
from tongdai.kit.waiting import is_set_within

PATIENCE_S = 60.0


class Callbacks(Calls):
    """Customers who ask to be called back, all behind one line of the centre's, on which we are the far end."""

    async def line(self) -> None:
        self.far = await Ua.open(self.stack.target.sip_port, port=free_port())
        async with self.stack.target.client(token=True) as client:
            body = {"name": "To the customers", "host": f"127.0.0.1:{self.far.port}"}
            answer = await client.post("trunks", json=body)
            assert answer.status_code == 201, answer.text

    async def rules(self, **changes: Any) -> None:
        async with self.stack.target.client(token=True) as client:
            queues = (await client.get("queues")).json()["items"]
            queue = next(one for one in queues if one["name"] == "support")
            rules = {**queue["callbacks"], "first": "00:00", "last": "24:00", **changes}
            body = {"version": queue["version"], "callbacks": rules}
            answer = await client.patch(f"queues/{queue['id']}", json=body)
            assert answer.status_code == 200, answer.text

    async def ask(self, number: str) -> None:
        """The key, the number that is said, yes; then the line is theirs no more."""
        phone = await Phone(self.stack.target.trunk_account(), self.ticker, voice(120, pilot=False)).open()
        self.phones.append(phone)
        dialog = await phone.call(LINE, number)

        async def phase_is_not(phase: str) -> bool:
            rows = await self.stack.rows(
                "SELECT phase FROM interactions WHERE peer LIKE %s", f"%{number[1:]}"
            )
            return bool(rows) and rows[0][0] != phase

        async def press(key: str, done: Any) -> None:
            async def pressed() -> bool:
                if await done():
                    return True
                dialog.media.press(key)
                await asyncio.sleep(0.4)  # as a person would
                return False

            await until(pressed, timeout=PATIENCE_S)

        await until(lambda: phase_is_not("flow"), timeout=PATIENCE_S)
        await press("5", lambda: phase_is_not("wait"))

        async def promised() -> bool:
            sql = "SELECT id FROM callbacks WHERE number LIKE %s"
            return bool(await self.stack.rows(sql, f"%{number[1:]}"))

        await press("1", promised)
        assert await is_set_within(dialog.ended, PATIENCE_S)

    async def states(self) -> Counter[str]:
        rows = await self.stack.rows("SELECT state FROM callbacks")
        return Counter(str(state) for (state,) in rows)

    async def are(self, state: str, number: int) -> None:
        async def so() -> bool:
            return (await self.states())[state] == number

        try:
            await until(so, timeout=PATIENCE_S)
        except TimeoutError:
            rows = await self.stack.rows("SELECT to_jsonb(c) FROM callbacks c")
            raise AssertionError(f"{number} should be {state}: {rows}") from None

    @property
    def called(self) -> list[Leg]:
        return [leg for leg in self.far.legs.values() if leg.invite is not None]

    async def nothing_is_left(self) -> None:
        async def silent() -> bool:
            channels, bridges = await self.stack.in_asterisk()
            return not channels and all(bridge.startswith("music-") for bridge in bridges)

        await until(silent, timeout=PATIENCE_S)


@asynccontextmanager
async def at_work(stack: Stack, agents: int) -> AsyncGenerator[Floor]:
    """Agents with desk phones, who stay on the line until the customer hangs up."""
    floor = Floor()
    work = asyncio.create_task(run_agents(stack.target, agents, 3, floor, talk_s=3600, wrap_up_s=0.3))
    try:
        yield floor
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
async def customers(stack: Stack) -> AsyncIterator[Callbacks]:
    made = Callbacks(stack)
    await made.line()
    yield made
    await made.close()
    made.far.close()


async def test_who_waits_to_be_called_back_outlives_the_app(stack: Stack, customers: Callbacks) -> None:
    numbers = [f"0912{n:06d}" for n in range(1, 6)]
    await customers.rules()
    for number in numbers:
        await customers.ask(number)
    await customers.are("waiting", len(numbers))
    since = time.monotonic()
    stack.kill("app")
    await customers.command_accepted(since)
    assert (await customers.states()) == {"waiting": len(numbers)}
    async with at_work(stack, 2):
        for served in range(1, len(numbers) + 1):
            leg = await customers.far.incoming(timeout=PATIENCE_S)
            leg.answer("180 Ringing")
            leg.answer("200 OK", customers.far.offer())
            await customers.are("served", served)
            await leg.hang_up()
        await customers.nothing_is_left()
    assert len(customers.called) == len(numbers)
    rows = await stack.rows("SELECT attempts, reason FROM callbacks")
    assert rows == [(1, "answered")] * len(numbers)


@pytest.mark.parametrize("customer_first", [False, True])
async def test_who_is_being_called_back_outlives_the_app(
    stack: Stack, customers: Callbacks, *, customer_first: bool
) -> None:
    """The customer first: the phone rings on, may be answered while nobody is there, and the agent comes. The agent first: both
    stop ringing, and are called again, once."""
    await customers.rules(customer_first=customer_first)
    await customers.ask("0912345678")
    async with at_work(stack, 1):
        leg = await customers.far.incoming(timeout=PATIENCE_S)
        leg.answer("180 Ringing")
        await customers.are("calling", 1)
        stack.kill("app")
        if not customer_first:
            await leg.request("CANCEL", timeout=PATIENCE_S)
            leg = await customers.far.incoming(timeout=PATIENCE_S)
            leg.answer("180 Ringing")
        leg.answer("200 OK", customers.far.offer())
        await customers.are("served", 1)
        assert not leg.over
        await leg.hang_up()
        await customers.nothing_is_left()
    assert len(customers.called) == (1 if customer_first else 2)
    assert await stack.rows("SELECT attempts, reason FROM callbacks") == [(1, "answered")]
