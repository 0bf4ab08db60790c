"""Two app processes on one database under load, the leading one killed in the middle: nobody is offered or accepted twice, and
nobody is forgotten."""

import asyncio
import contextlib
import random
import signal
import sys
from pathlib import Path
from uuid import UUID

from tests.support import World, until

from tongdai.platform.database import Database
from tongdai.routing import public as routing

ROOT = Path(__file__).parents[2]
AGENTS, CALLERS = 8, 60


async def start_node(dsn: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.routing.node", dsn, cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert await process.stdout.readline() == b"ready\n"
    return process


async def test_no_contact_is_offered_twice_accepted_twice_or_forgotten(database: Database, dsn: str):
    world, chance = await World.make(database), random.Random(7)
    agents = [await world.user() for _ in range(AGENTS)]
    queues = [
        await world.queue(agents, strategy="longest_idle", offer_timeout_s=0.5, missed_limit=0),
        await world.queue(agents[:4], strategy="ring_all", offer_timeout_s=0.5, missed_limit=0),
    ]
    nodes = [await start_node(dsn), await start_node(dsn)]
    await world.ready(*agents)
    accepted: dict[UUID, int] = {}
    gone: set[UUID] = set()
    callers: list[UUID] = []
    stop = asyncio.Event()

    async def work_on_offers() -> None:
        """Agents: mostly accept, sometimes decline, sometimes let it ring out. Two tries at once for each offer."""
        while not stop.is_set():
            for offer in await world.offers():
                draw = chance.random()
                if draw < 0.15:
                    continue
                if draw < 0.3:
                    await world.decline(offer.id)
                    continue
                tries = await asyncio.gather(
                    world.accept(offer.id), world.accept(offer.id), return_exceptions=True
                )
                won = sum(result is None for result in tries)
                assert all(result is None or isinstance(result, routing.OfferGone) for result in tries), tries
                if won:
                    accepted[offer.interaction_id] = accepted.get(offer.interaction_id, 0) + won
                    await world.end(offer)
            await asyncio.sleep(0.01)

    async def call_in() -> None:
        for number in range(CALLERS):
            caller = await world.arrive(chance.choice(queues))
            callers.append(caller)
            if chance.random() < 0.2:
                with contextlib.suppress(routing.OfferGone):
                    await world.hang_up(caller)
                    if caller not in accepted:
                        gone.add(caller)
            if number == CALLERS // 2:
                nodes[0].send_signal(signal.SIGKILL)
            await asyncio.sleep(chance.random() * 0.03)

    try:
        worker = asyncio.create_task(work_on_offers())
        await call_in()

        async def nobody_waits() -> object:
            if worker.done():
                worker.result()
            return await world.value("SELECT count(*) = 0 FROM queue_entries")

        await until(nobody_waits, timeout=60)
        stop.set()
        await worker
    finally:
        for node in nodes:
            with contextlib.suppress(ProcessLookupError):
                node.kill()
            await node.wait()
    assert max(accepted.values()) == 1
    assert set(accepted) | gone == set(callers)
    assert await world.value("SELECT count(*) FROM offer_rounds WHERE closed_at IS NULL") == 0
    assert await world.value("SELECT sum(in_use) FROM agent_loads") == 0
    assert await world.value("SELECT count(*) FROM presence WHERE shown <> 'ready'") == 0
    overlapping = await world.value(
        "SELECT count(*) FROM offer_rounds a JOIN offer_rounds b ON a.interaction_id = b.interaction_id AND a.id < b.id"
        " AND tstzrange(a.opened_at, a.closed_at) && tstzrange(b.opened_at, b.closed_at)"
    )
    assert overlapping == 0
