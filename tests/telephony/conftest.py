"""A real Asterisk and the product's own services on a real database."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.ports import free_port, rtp_ports
from tests.support import World, until
from tests.telephony import sip, tls
from tests.telephony.ua import Ua

from tongdai.entrypoints.modules import register_all
from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id
from tongdai.platform.config import Settings
from tongdai.platform.embedded.asterisk import AsteriskServer, find_installation, fresh_settings
from tongdai.platform.embedded.asterisk_config import ARI_USER
from tongdai.platform.registry import Registry, Runtime
from tongdai.telephony.ari.connection import AriError
from tongdai.telephony.events import DeviceChanged, TelephonyConfigured
from tongdai.telephony.exchange import Exchange

HOTLINE = "19001234"


@pytest.fixture(scope="session")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskServer]:
    if shutil.which("sipp") is None:
        pytest.fail("these tests need SIPp: apt-get install sip-tester")
    installation = find_installation(print)
    settings = fresh_settings(
        "127.0.0.1", free_port(), rtp_ports=rtp_ports(), sip_tls_authorities=tls.authority()
    )
    server = AsteriskServer(tmp_path_factory.mktemp("asterisk"), installation, settings)
    process = server.start()
    yield server
    process.terminate()
    process.wait()


def settings_for(dsn: str, asterisk: AsteriskServer, folder: Path, **others: Any) -> Settings:
    return Settings(
        database_dsn=dsn,
        data_dir=folder,
        ari_url=asterisk.ari_url,
        ari_user=ARI_USER,
        ari_password=asterisk.settings.ari_password,
        asterisk_control=asterisk.control,
        asterisk_log=asterisk.paths.log / "asterisk.log",
        asterisk_recordings=asterisk.paths.spool / "recording",
        asterisk_sounds=asterisk.paths.home / "sounds",
        **others,
    )


@dataclass
class Floor:
    """A call centre with one trunk, made of the product's own parts."""

    runtime: Runtime
    world: World
    asterisk: AsteriskServer
    folder: Path
    trunk: tuple[str, str]
    running: list[sip.Sipp] = field(default_factory=list[sip.Sipp])
    uas: list[Ua] = field(default_factory=list[Ua])

    @property
    def exchange(self) -> Exchange:
        return self.runtime.get(Exchange)

    @property
    def port(self) -> int:
        return self.asterisk.settings.sip_port

    async def hotline(self, flow: str, number: str = HOTLINE) -> None:
        """Publish a flow and let a number lead to it."""
        async with self.world.transaction() as tx:
            pushed = await self.runtime.get(FlowService).push(
                tx, flow, at=self.runtime.clock.now(), publish=True
            )
            number_id = new_id()
            await tx.execute(
                "INSERT INTO numbers (tenant_id, id, number, flow_id) VALUES (%(tenant)s, %(id)s, %(number)s, %(flow)s)",
                {"id": number_id, "number": number, "flow": pushed.flow_id},
            )
            tx.emit(TelephonyConfigured(aggregate_id=number_id, aggregate_version=1))

        async def known() -> object:
            return self.exchange.directory.number(self.world.tenant_id, number)

        await until(known)

    async def agent(self, *, register: bool = True) -> tuple[UUID, int]:
        """A user with a desk phone; gives the user and the phone's port."""
        user_id = await self.world.user()
        name, port = f"phone-{user_id.hex}", free_port()
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

        await self.told(name)
        if register:
            # The light of a phone is told when it registers, and SIPp takes whatever comes for its call.
            await self.set_endpoint(name, mailboxes="")
            async with asyncio.timeout(30):
                while True:
                    try:
                        await sip.register(self.port, name, "secret", port)
                        break
                    except AssertionError:
                        await asyncio.sleep(0.05)
        return user_id, port

    async def told(self, name: str) -> None:
        """Once Asterisk knows this trunk or phone."""

        async def known() -> object:
            with contextlib.suppress(AriError):
                return await self.exchange.ari.endpoints.get("PJSIP", name)

        await until(known)

    async def desk(self) -> tuple[UUID, Ua]:
        """A user whose desk phone does what the test says, message by message; registered."""
        user_id, _ = await self.agent(register=False)
        phone = await Ua.open(self.port, f"phone-{user_id.hex}", "secret")
        self.uas.append(phone)
        async with asyncio.timeout(30):
            while True:
                try:
                    await phone.register()
                    return user_id, phone
                except AssertionError:
                    await asyncio.sleep(0.05)

    async def customer(self) -> Ua:
        """A customer behind the trunk who does what the test says."""
        made = await Ua.open(self.port, *self.trunk)
        self.uas.append(made)
        return made

    async def set_endpoint(self, name: str, **fields: str) -> None:
        """Change what Asterisk holds of a phone or trunk, say a shorter time-out."""
        listed: Any = [{"attribute": key, "value": value} for key, value in fields.items()]
        await self.exchange.ari.asterisk.update_object("res_pjsip", "endpoint", name, fields=listed)

    async def nothing_left(self) -> None:
        """No channel of this test is up in Asterisk, and no agent is held up."""

        async def silent() -> bool:
            return not await self.exchange.ari.channels.list()

        await until(silent)

        async def free() -> bool:
            return not await self.world.value(
                "SELECT count(*) FROM agent_loads WHERE tenant_id = %(tenant)s AND in_use > 0"
            )

        await until(free)

    async def call(self, scenario: sip.Scenario, to: str = HOTLINE, **options: Any) -> sip.Sipp:
        user, password = self.trunk
        return self._keep(
            await sip.call(self.folder, self.port, to, scenario, user=user, password=password, **options)
        )

    async def phone(self, port: int, scenario: sip.Scenario, **options: Any) -> sip.Sipp:
        return self._keep(await sip.phone(self.folder, port, scenario, **options))

    async def refuse(self, port: int, status: str) -> sip.Sipp:
        return self._keep(await sip.refuse(self.folder, port, status))

    def _keep(self, process: sip.Sipp) -> sip.Sipp:
        self.running.append(process)
        return process

    async def interaction(self, **wanted: Any) -> dict[str, Any]:
        """The newest interaction, once it is as wanted."""
        seen: list[dict[str, Any]] = []

        async def look() -> object:
            async with self.world.transaction() as tx:
                rows = await tx.fetch_tuples(
                    "SELECT to_jsonb(i) FROM interactions i WHERE tenant_id = %(tenant)s ORDER BY started_at DESC LIMIT 1"
                )
            row: dict[str, Any] = rows[0][0] if rows else {}
            seen.append(row)
            return row if row and all(row[name] == value for name, value in wanted.items()) else None

        try:
            return await until(look)
        except TimeoutError:
            raise AssertionError(f"wanted {wanted}, is {seen[-1:]}; {await self._told()}") from None

    async def _told(self) -> str:
        """What the calls, Asterisk and the phones say of themselves: for tests that failed."""
        calls = [f"{type(call.state).__name__} with {sorted(call.legs)}" for call in self.exchange.calls()]
        channels = [(one["id"], one["name"], one["state"]) for one in await self.exchange.ari.channels.list()]
        legs = [
            f"{ua.port}: {leg.invite.start if leg.invite else leg.remote} {[one.start for one in leg.received]}"
            for ua in self.uas
            for leg in ua.legs.values()
        ]
        return "\n".join([f"calls {calls}", f"channels {channels}", *legs])

    async def segments(self) -> list[tuple[str, str]]:
        async with self.world.transaction() as tx:
            return [
                (kind, participant)
                for kind, participant in await tx.fetch_tuples(
                    "SELECT kind, participant FROM interaction_segments WHERE tenant_id = %(tenant)s ORDER BY started_at, kind"
                )
            ]


@pytest.fixture
async def floor(dsn: str, asterisk: AsteriskServer, tmp_path: Path) -> AsyncIterator[Floor]:
    registry = register_all(Registry())
    async with registry.running(settings_for(dsn, asterisk, tmp_path, presence_grace=2.0)) as runtime:
        world = await World.make(runtime.database)
        name = f"trunk-{new_id().hex}"
        async with world.transaction() as tx:
            trunk_id = new_id()
            await tx.execute(
                "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password)"
                " VALUES (%(tenant)s, %(id)s, 'Main', %(name)s, %(name)s, 'trunk-secret')",
                {"id": trunk_id, "name": name},
            )
            tx.emit(TelephonyConfigured(aggregate_id=trunk_id, aggregate_version=1))
        made = Floor(runtime, world, asterisk, tmp_path, (name, "trunk-secret"))

        async def up() -> object:
            return made.exchange.owns and made.exchange.directory.told_all

        await until(up)
        await made.told(name)
        yield made
        for process in made.running:
            await process.stop()
        for ua in made.uas:
            ua.close()
