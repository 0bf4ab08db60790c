"""The product as it is installed: its PostgreSQL (durable), its Asterisk, its app as a process of its own.

The configuration goes into the database before the app starts, as an administrator's would be there.
"""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bench.parts.machine import DatabaseMeter
from bench.parts.register import register
from bench.parts.sipp import CALLERS
from bench.parts.sockets import Sockets
from tongdai.entrypoints.modules import register_all
from tongdai.flows.public import FlowService
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.people import public as people
from tongdai.people.services.sign_in import issue_api_token
from tongdai.platform.config import Settings, write_settings
from tongdai.platform.database import Scope
from tongdai.platform.embedded.asterisk import AsteriskServer, find_installation, fresh_settings
from tongdai.platform.embedded.asterisk_config import ARI_USER
from tongdai.platform.embedded.postgres import SUPERUSER, PostgresServer
from tongdai.platform.embedded.process import Command, spawn
from tongdai.platform.migrations import migrate
from tongdai.platform.registry import Registry, Runtime
from tongdai.tenancy.public import Founding, NewTenant, create_tenant

HOTLINE = "19001234"
PASSWORD = "phone-secret"
FLOW = """
flow: straight
start: answer
nodes:
  answer:
    answer:
    go: queue
  queue:
    queue: Support
    go: {timeout: end}
  end:
    hang_up:
"""


class Product:
    """Tongdai with `agents` agents, each ready, with a registered desk phone and a desktop that is connected."""

    name = "Tongdai"

    def __init__(self, folder: Path, ports: int, agents: int, *, recording: bool) -> None:
        self.folder, self.agents = folder, agents
        self.phone_port = ports + 20
        self.postgres = PostgresServer(folder / "postgres")
        settings = fresh_settings(
            "127.0.0.1", ports, rtp_ports=(ports + 100, ports + 4899), http_port=ports + 1
        )
        self.asterisk = AsteriskServer(folder / "asterisk", find_installation(print), settings)
        self.sip_port, self.hotline = ports, HOTLINE
        self._recording = "always" if recording else "never"
        self.tenant_id = new_id()
        self.names: list[str] = []
        self._tokens: list[str] = []

    def start(self) -> None:
        self.postgres.start()
        migrate(self.postgres.dsn())
        self.settings = Settings(
            database_dsn=self.postgres.dsn(),
            data_dir=self.folder,
            ari_url=self.asterisk.ari_url,
            ari_user=ARI_USER,
            ari_password=self.asterisk.settings.ari_password,
            asterisk_recordings=self.asterisk.paths.spool / "recording",
            asterisk_sounds=self.asterisk.paths.home / "sounds",
        )
        asyncio.run(self._furnish())
        self._asterisk = self.asterisk.start()
        self._app = self._start_app()
        self.meter = DatabaseMeter(self.postgres.dsn(user=SUPERUSER))
        self._await_endpoints()
        asyncio.run(register(self.sip_port, self.phone_port, self.names, PASSWORD))
        greeting = json.dumps({"op": "subscribe", "topics": ["me"]})
        self._desktops = Sockets(self.folder, f"{self._address}/api/v1/realtime", self._tokens, greeting)

    def stop(self) -> None:
        for process in (self._desktops.process, self._app, self._asterisk):
            process.terminate()
            process.wait()
        self.meter.close()
        self.postgres.stop()
        self.postgres.erase()

    def pids(self) -> dict[str, int]:
        return {"Asterisk": self._asterisk.pid, "Tongdai": self._app.pid, "PostgreSQL": self.postgres.pid}

    def records(self, callers: str) -> int:
        """Calls in the log that came from numbers beginning like this and reached an agent."""
        return self.meter.value(
            "SELECT count(*) FROM interactions WHERE result = 'answered' AND peer LIKE %s", f"+84{callers}%"
        )

    def settle(self, timeout: float = 15) -> None:
        """Wait until everything is written."""
        deadline = time.monotonic() + timeout
        while (
            self.meter.value("SELECT count(*) FROM interactions WHERE state <> 'closed'")
            and time.monotonic() < deadline
        ):
            time.sleep(0.1)

    async def _furnish(self) -> None:
        registry = register_all(Registry())
        async with registry.running(self.settings, services=False) as runtime:
            new = NewTenant("bench", "Bench", "VN", "Asia/Ho_Chi_Minh")
            async with runtime.database.transaction(Scope(self.tenant_id)) as tx:
                await create_tenant(tx, new, runtime.get(Founding))
            await self._lines(runtime)
            async with runtime.database.transaction(Scope(self.tenant_id)) as tx:
                await runtime.get(FlowService).push(tx, FLOW, at=datetime.now(UTC), publish=True)
                await tx.execute(
                    "INSERT INTO numbers (tenant_id, id, number, flow_id) SELECT %(tenant)s, %(id)s, %(number)s, id FROM flows"
                    " WHERE tenant_id = %(tenant)s",
                    {"id": new_id(), "number": HOTLINE},
                )

    async def _lines(self, runtime: Runtime) -> None:
        """Agents with phones, the queue they are in, the trunk."""
        users = [new_id() for _ in range(self.agents)]
        self.names = [f"phone-{user.hex}" for user in users]
        async with runtime.database.transaction(Scope(self.tenant_id)) as tx:
            await tx.execute_many(
                "INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold, extension)"
                " VALUES (%(tenant)s, %(id)s, %(email)s, %(name)s, %(sort)s, %(fold)s, %(extension)s)",
                [_user(user, number) for number, user in enumerate(users)],
            )
            await tx.execute_many(
                "INSERT INTO devices (tenant_id, id, user_id, kind, sip_name, password)"
                " VALUES (%(tenant)s, %(id)s, %(user)s, 'sip', %(name)s, %(password)s)",
                [
                    {"id": new_id(), "user": user, "name": name, "password": PASSWORD}
                    for user, name in zip(users, self.names, strict=True)
                ],
            )
            await tx.execute_many(
                "INSERT INTO phone_settings (tenant_id, user_id, id, ring_on)"
                " VALUES (%(tenant)s, %(user)s, gen_random_uuid(), 'phone')",
                [{"user": user} for user in users],
            )
            await tx.execute(
                "INSERT INTO queues (tenant_id, id, name, wrap_up_s, recording, strategy, offer_timeout_s)"
                " VALUES (%(tenant)s, %(id)s, 'Support', 0, %(recording)s, 'longest_idle', 20)",
                {"id": new_id(), "recording": self._recording},
            )
            await tx.execute(
                "INSERT INTO queue_members (tenant_id, queue_id, user_id, position)"
                " SELECT q.tenant_id, q.id, d.user_id, 0 FROM queues q JOIN devices d USING (tenant_id)"
            )
            await tx.execute(
                "INSERT INTO trunks (tenant_id, id, name, sip_name, username, password, match, max_calls)"
                " VALUES (%(tenant)s, %(id)s, 'Main', 'bench-trunk', 'bench-trunk', 'unused', %(match)s::jsonb, 10000)",
                {"id": new_id(), "match": f'["{CALLERS}"]'},
            )
        async with runtime.database.transaction(Scope(self.tenant_id)) as tx:
            self._tokens = [await issue_api_token(tx, user, "bench") for user in users]
        for user in users:
            async with runtime.database.transaction(Scope(self.tenant_id)) as tx:
                await people.choose(tx, user, people.Chosen.READY, None, datetime.now(UTC))

    def _start_app(self) -> "subprocess.Popen[bytes]":
        configuration = self.folder / "settings.toml"
        write_settings(configuration, self.settings)
        listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self._address = f"ws://127.0.0.1:{listening.getsockname()[1]}"
        argv = [sys.executable, "-m", "tongdai.entrypoints.serve", "--fd", str(listening.fileno())]
        environment = {"TONGDAI_CONFIG": str(configuration)}
        command = Command(argv, self.folder, env=environment, pass_fds=(listening.fileno(),), urgent=True)
        with (self.folder.parent / "app.log").open("wb") as log:
            process = spawn(command, log=log.fileno())
        listening.close()
        return process

    def _await_endpoints(self) -> None:
        """Until the app has pushed all phones and the trunk into Asterisk."""
        wanted = {*self.names, "bench-trunk"}
        deadline = time.monotonic() + 60
        while not wanted <= set(self._endpoints()):
            if self._app.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(
                    f"the app did not come up; its log ends:\n{(self.folder / 'app.log').read_text()[-2000:]}"
                )
            time.sleep(0.2)

    def _endpoints(self) -> Iterable[str]:
        found = self.asterisk.get("endpoints")
        return [str(one["resource"]) for one in found] if isinstance(found, list) else []  # type: ignore[index]


def _user(user: UUID, number: int) -> dict[str, object]:
    name = f"Agent {number}"
    return {
        "id": user,
        "email": f"agent{number}@example.com",
        "name": name,
        "sort": sort_key(name),
        "fold": fold(name),
        "extension": str(10_000 + number),
    }
