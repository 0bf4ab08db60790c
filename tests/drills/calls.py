"""Fifty callers with real sound, and what the books and Asterisk say of them."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
from tests.drills.stack import Stack
from tests.support import until

from tongdai.entrypoints.simulate.agents import Floor, run_agents
from tongdai.entrypoints.simulate.media import Ticker, voice
from tongdai.entrypoints.simulate.phone import Dialog, Phone, Refused

CALLS = 50
AGENTS = 8
LINE = "19001200"
"""Straight to the queue: eight talk, forty-two wait."""
WITHIN_S = 3.0
"""So soon after a kill the first command must be taken."""


class Calls:
    """Callers who stay until they are told to hang up."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ticker = Ticker()
        self.phones: list[Phone] = []
        self.dialogs: list[Dialog] = []
        self.placed = 0

    async def place(self, count: int) -> None:
        """One after the other, so that the queue has an order."""
        for _ in range(count):
            account, sound = self.stack.target.trunk_account(), voice(120, pilot=False)
            phone = await Phone(account, self.ticker, sound).open()
            self.phones.append(phone)
            self.placed += 1
            self.dialogs.append(await phone.call(LINE, f"0912{self.placed:06d}"))

    @property
    def up(self) -> list[Dialog]:
        return [dialog for dialog in self.dialogs if not dialog.ended.is_set()]

    @property
    def served(self) -> list[Dialog]:
        """Callers who heard a person, and still do."""
        return [dialog for dialog in self.up if dialog.media.person.is_set()]

    async def hang_up(self) -> None:
        await asyncio.gather(*(phone.close() for phone in self.phones))
        self.phones.clear()

    async def close(self) -> None:
        await self.hang_up()
        self.ticker.stop()

    async def command_accepted(self, since: float) -> float:
        """Seconds from `since` to the first accepted command."""
        async with self.stack.target.client(token=True) as client:

            async def accepted() -> bool:
                try:
                    answer = await client.patch("auth/me", json={"theme": "dark"}, timeout=2)
                except httpx.HTTPError:
                    return False
                return answer.status_code == 200

            await until(accepted, timeout=30)
        return time.monotonic() - since


class Drill(Calls):
    """Agents at work, callers, and what must hold of them."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(stack)
        self.floor = Floor()
        self._agents: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Drill":
        work = run_agents(self.stack.target, AGENTS, 3, self.floor, talk_s=3600, wrap_up_s=0.3)
        self._agents = asyncio.create_task(work)
        await self.agents_are(AGENTS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        assert self._agents is not None
        self._agents.cancel()
        await asyncio.gather(self._agents, return_exceptions=True)

    async def agents_are(self, number: int) -> None:
        async def signed_in() -> bool:
            assert self._agents is not None
            assert not self._agents.done(), self._agents.exception()
            return self.floor.signed_in == number

        await until(signed_in, timeout=30)

    # Calls

    async def try_to_place(self) -> bool:
        try:
            await self.place(1)
        except (Refused, OSError):
            return False
        return True

    async def are_served(self, number: int, timeout: float = 30) -> None:
        async def enough() -> bool:
            return len(self.served) >= number and self.floor.talking >= number

        try:
            await until(enough, timeout=timeout)
        except TimeoutError:
            raise AssertionError(f"{len(self.served)} of {number} are served; {self.floor.line()}") from None

    async def hear(self) -> None:
        """Sound goes on towards everybody who is up, callers and agents."""
        legs = [*self.up, *self.floor.on_the_line]
        before = [leg.media.received for leg in legs]

        async def goes_on() -> bool:
            return all(
                leg.ended.is_set() or leg.media.received > heard + 25
                for leg, heard in zip(legs, before, strict=True)
            )

        await until(goes_on)

    async def either_side_ends_both(self) -> None:
        """A customer hangs up and the agent is free; an agent hangs up and the customer's line ends."""
        customer = self.served[0]
        agents = list(self.floor.on_the_line)
        await customer.hang_up()

        async def one_agent_fewer() -> bool:
            return any(agent.ended.is_set() for agent in agents)

        # The app may be looking at fifty calls anew just now.
        await until(one_agent_fewer, timeout=30)
        agent = next(agent for agent in agents if not agent.ended.is_set())
        callers = list(self.served)
        await agent.hang_up()

        async def one_caller_fewer() -> bool:
            return any(caller.ended.is_set() for caller in callers)

        await until(one_caller_fewer, timeout=30)

    # What the books say

    async def queue(self) -> list[Any]:
        """Who waits, in the order in which they are served."""
        rows = await self.stack.rows(
            "SELECT i.peer FROM queue_entries q JOIN interactions i ON i.id = q.interaction_id"
            " ORDER BY q.priority DESC, q.enqueued_at"
        )
        return [row[0] for row in rows]

    async def log(self) -> list[tuple[Any, ...]]:
        return await self.stack.rows(
            "SELECT peer, state, result, hung_up_by, talk_s FROM interactions ORDER BY started_at"
        )

    async def is_over(self) -> None:
        """Every call that was placed is in the log once and closed; nobody is held up, nothing is left in Asterisk."""

        async def closed() -> bool:
            log = await self.log()
            return len(log) == self.placed and all(row[1] == "closed" for row in log)

        try:
            await until(closed)
        except TimeoutError:
            raise AssertionError(f"of {self.placed}: {await self.log()}") from None
        peers = [row[0] for row in await self.log()]
        assert len(set(peers)) == len(peers)
        busy = "SELECT count(*) FROM agent_loads WHERE in_use > 0"
        waiting = "SELECT count(*) FROM queue_entries"
        undone = "SELECT count(*) FROM assignments WHERE state IN ('offered', 'accepted')"
        for sql in (busy, waiting, undone):

            async def none(sql: str = sql) -> bool:
                return (await self.stack.rows(sql)) == [(0,)]

            try:
                await until(none)
            except TimeoutError:
                rows = await self.stack.rows(sql)
                raise AssertionError(f"{sql}: {rows}; agents: {self.floor.troubles}") from None

        async def silent() -> bool:
            channels, bridges = await self.stack.in_asterisk()
            return not channels and all(bridge.startswith("music-") for bridge in bridges)

        try:
            await until(silent)
        except TimeoutError:
            raise AssertionError(f"left in Asterisk: {await self.stack.in_asterisk()}") from None

    async def recorded_on_disk(self) -> bool:
        """Whether Asterisk has written sound of every voice that is being recorded: it keeps up to two seconds to itself."""
        files = list(self.stack.asterisk_recordings.glob("*.wav"))
        return bool(files) and all(file.stat().st_size > 1000 for file in files)

    async def recordings_are_kept(self) -> None:
        """Of every call that was recorded there is something to hear."""

        async def stored() -> bool:
            states = await self.stack.rows("SELECT state FROM recordings")
            return all(state in ("stored", "failed") for (state,) in states)

        await until(stored, timeout=30)
        assert await self.stack.rows("SELECT error FROM recordings WHERE state = 'failed'") == []

    async def recordings_are_whole(self) -> None:
        """Each answered call has one, as long as its talk, in the store."""
        await self.recordings_are_kept()
        rows = await self.stack.rows(
            "SELECT i.peer, i.talk_s, r.state, r.duration_s, r.path FROM interactions i"
            " LEFT JOIN recordings r ON r.interaction_id = i.id WHERE i.result = 'answered'"
        )
        for peer, talked, state, seconds, path in rows:
            assert state == "stored", (peer, state, talked)
            # Fifty calls come at once on a small machine: it may begin a little late, and go on until Asterisk was told.
            # Who was answered while the app was dead is recorded from its return.
            assert abs(seconds - talked) < 1.5 + WITHIN_S, (peer, talked, seconds)
            assert (self.stack.data / "files" / Path(path)).stat().st_size > 500
