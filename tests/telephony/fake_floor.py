"""A call centre on the fake: the product's own services, a real PostgreSQL, and time that stands still until it is moved."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support import World, until

from tongdai.entrypoints.modules import register_all
from tongdai.flows.public import FlowService
from tongdai.kit.clock import VirtualClock
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.registry import Registry, Runtime
from tongdai.telephony.ari.fake import FakeAri
from tongdai.telephony.ari.fake.channels import FakeChannel
from tongdai.telephony.events import DeviceChanged, TelephonyConfigured
from tongdai.telephony.exchange import Exchange

HOTLINE = "19001234"


@dataclass
class FakeFloor:
    """One running product on one fake; `centre` makes a tenant of its own on it."""

    runtime: Runtime
    fake: FakeAri
    clock: VirtualClock

    @property
    def exchange(self) -> Exchange:
        return self.runtime.get(Exchange)

    async def up(self) -> None:
        async def owns() -> bool:
            return self.exchange.owns

        await until(owns)

    async def settled(self) -> None:
        async def so() -> bool:
            return self.exchange.settled

        await until(so)

    async def pass_time(self, seconds: float) -> None:
        """Move time in small steps, so that what a timer starts can go on before the next is due."""
        while seconds > 0:
            step = min(seconds, 1.0)
            self.clock.advance(timedelta(seconds=step))
            seconds -= step
            await asyncio.sleep(0.003)

    @asynccontextmanager
    async def passing(self) -> AsyncGenerator[None]:
        """Time goes on while something is awaited: what was just done may be heard of only in a moment."""

        async def go_on() -> None:
            while True:
                await self.pass_time(0.5)

        task = asyncio.create_task(go_on())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def centre(
        self, flow: str, *, agents: int, skills: Sequence[str] = (), **queue: Any
    ) -> "FakeCentre":
        world = await World.make(self.runtime.database)
        made = FakeCentre(self, world, f"trunk-{new_id().hex}")
        async with world.transaction() as tx:
            trunk_id = new_id()
            await tx.execute(
                "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password)"
                " VALUES (%(tenant)s, %(id)s, 'Main', %(name)s, %(name)s, 'trunk-secret')",
                {"id": trunk_id, "name": made.trunk},
            )
            tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=1))
        made.skills = {name: await world.skill(name) for name in skills}
        for _ in range(agents):
            await made.add_agent()
        await world.queue(made.agents, **{"name": "Support", **queue})
        async with world.transaction() as tx:
            pushed = await self.runtime.get(FlowService).push(tx, flow, at=self.clock.now(), publish=True)
            number_id = new_id()
            await tx.execute(
                "INSERT INTO numbers (tenant_id, id, number, flow_id) VALUES (%(tenant)s, %(id)s, %(number)s, %(flow)s)",
                {"id": number_id, "number": HOTLINE, "flow": pushed.flow_id},
            )
            tx.emit(TelephonyConfigured(aggregate_id=number_id, aggregate_version=1))

        async def known() -> bool:
            directory = self.exchange.directory
            return directory.number(world.tenant_id, HOTLINE) is not None and all(
                directory.ring_targets(agent) for agent in made.agents
            )

        await until(known)
        for name in made.phones.values():
            self.fake.switch.endpoints[name] = True
        await world.ready(*made.agents)
        return made


@dataclass
class FakeCentre:
    """One tenant: a trunk, a hotline, agents with phones."""

    floor: FakeFloor
    world: World
    trunk: str
    agents: list[UUID] = field(default_factory=list[UUID])
    phones: dict[UUID, str] = field(default_factory=dict[UUID, str])
    placed: list[FakeChannel] = field(default_factory=list[FakeChannel])
    skills: dict[str, UUID] = field(default_factory=dict[str, UUID])

    async def add_agent(self) -> None:
        user_id = await self.world.user()
        name = f"phone-{user_id.hex}"
        async with self.world.transaction() as tx:
            await tx.execute(
                "INSERT INTO devices (tenant_id, id, user_id, kind, sip_name, password)"
                " VALUES (%(tenant)s, %(id)s, %(user)s, 'sip', %(name)s, 'secret')",
                {"id": new_id(), "user": user_id, "name": name},
            )
            await tx.execute(
                "INSERT INTO phone_settings (tenant_id, user_id, id, ring_on)"
                " VALUES (%(tenant)s, %(user)s, gen_random_uuid(), 'phone')",
                {"user": user_id},
            )
            tx.emit(DeviceChanged(aggregate_id=new_id(), aggregate_version=1, user_id=user_id))
        self.agents.append(user_id)
        self.phones[user_id] = f"PJSIP/{name}"

    async def teach(self, agent: UUID, skill: str, level: int) -> None:
        async with self.world.transaction() as tx:
            await tx.execute(
                "INSERT INTO user_skills VALUES (%(tenant)s, %(user)s, %(skill)s, %(level)s)",
                {"user": agent, "skill": self.skills[skill], "level": level},
            )
        await self.world.changed(agent)

    def call_in(self) -> FakeChannel:
        number = f"0912{len(self.placed):06d}"
        channel = self.floor.fake.switch.call_in(f"PJSIP/{self.trunk}", HOTLINE, number=number)
        self.placed.append(channel)
        return channel

    def mine(self) -> list[FakeChannel]:
        """Channels of this centre's phones and callers that are up in Asterisk."""
        ends = {f"PJSIP/{self.trunk}", *self.phones.values()}
        return [c for c in self.floor.fake.switch.channels.values() if c.endpoint in ends]

    def ringing(self) -> list[FakeChannel]:
        """Phones that ring."""
        return [c for c in self.mine() if c.dialling and c.state != "Up"]

    def talking(self) -> list[FakeChannel]:
        """Agents' legs that are up."""
        return [c for c in self.mine() if c.dialled and c.state == "Up"]

    async def rings(self) -> FakeChannel:
        async def some() -> FakeChannel | None:
            return next(iter(self.ringing()), None)

        return await until(some)

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        async with self.world.transaction() as tx:
            return await tx.fetch_tuples(sql, parameters)

    async def phase(self, phase: str) -> None:
        """Once the newest interaction is there."""

        async def there() -> bool:
            rows = await self.rows(
                "SELECT phase FROM interactions WHERE tenant_id = %(tenant)s ORDER BY started_at DESC, id DESC LIMIT 1"
            )
            return bool(rows) and rows[0][0] == phase

        await until(there)


@asynccontextmanager
async def fake_floor(
    dsn: str, folder: Path, *, grace: float = 10.0, **others: Any
) -> AsyncGenerator[FakeFloor]:
    clock = VirtualClock(datetime.now(UTC))
    async with FakeAri(clock).running() as fake:
        registry = register_all(Registry())
        url = fake.account.url
        wanted = Settings(
            database_dsn=dsn,
            data_dir=folder,
            ari_url=url,
            ari_password="fake",
            presence_grace=grace,
            **others,
        )
        async with registry.running(wanted, clock=clock) as runtime:
            floor = FakeFloor(runtime, fake, clock)
            await floor.settled()
            yield floor
