"""The database is away for longer than the lease lasts: calls are looked after, and nobody is left on a dead line."""

from pathlib import Path

from tests.gate import gate
from tests.support import World, until
from tests.telephony.fake_floor import fake_floor
from tests.telephony.test_on_the_fake import FLOW, connected

from tongdai.platform.database import Database


async def test_a_hang_up_reaches_the_other_side_while_the_database_is_away(dsn: str, tmp_path: Path):
    async with gate(dsn) as (door, through), fake_floor(through, tmp_path) as floor:
        centre, caller, phone = await connected(floor)
        connections = len([r for r in floor.fake.requests if "eventFilter" in r[1]])
        door.shut()

        async def for_long() -> bool:
            return door.turned_away > 100

        await until(for_long)
        switch = floor.fake.switch
        switch.far_hangs_up(caller)

        async def quiet() -> bool:
            return phone.id not in switch.channels

        await until(quiet, timeout=3)
        door.open()
        async with Database(dsn, pool_size=2) as database:
            world = World(database, centre.world.tenant_id)

            async def closed() -> object:
                return await world.value(
                    "SELECT hung_up_by FROM interactions WHERE tenant_id = %(tenant)s AND state = 'closed'"
                )

            assert await until(closed) == "customer"
        assert len([r for r in floor.fake.requests if "eventFilter" in r[1]]) == connections


async def test_what_is_due_while_the_database_is_away_is_said_when_it_is_back(dsn: str, tmp_path: Path):
    async with gate(dsn) as (door, through), fake_floor(through, tmp_path) as floor:
        centre = await floor.centre(FLOW, agents=0, announce_position_s=30)
        caller = centre.call_in()
        await centre.phase("wait")

        async def wound_up() -> bool:
            """It is in the books a moment before the call knows when something is due."""
            (call,) = floor.exchange.calls()
            timers = call._timers  # pyright: ignore[reportPrivateUsage]
            return call.state is not None and call.state.name == "waiting" and bool(timers)

        await until(wound_up)
        door.shut()
        await floor.pass_time(9)
        assert not caller.operations

        async def asked() -> bool:
            return door.turned_away > 20

        await until(asked)
        door.open()

        async def said() -> bool:
            return bool(caller.operations)

        await until(said)
