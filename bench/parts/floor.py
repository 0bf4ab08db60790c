"""A floor to watch: the product on its own PostgreSQL (durable, telling when each transaction committed), with agents in teams
and queues, and watchers of different reach. Its app is a process of its own on a TCP port; no Asterisk, for no call is made.
"""

import asyncio
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.parts.machine import DatabaseMeter
from tongdai.entrypoints.modules import register_all
from tongdai.kit.ids import new_id
from tongdai.kit.text import fold, sort_key
from tongdai.people import public as people
from tongdai.people.services.sign_in import hash_password, issue_api_token
from tongdai.platform.config import Settings, write_settings
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.embedded.postgres import SUPERUSER, PostgresServer
from tongdai.platform.embedded.process import Command, spawn
from tongdai.platform.migrations import migrate
from tongdai.platform.registry import Registry
from tongdai.tenancy.public import Founding, NewTenant, create_tenant

PASSWORD = "a bench's password"
TEAMS, QUEUES = 10, 12
EXTENTS = ("tenant", "team", "queue")


@dataclass
class Watcher:
    """Someone who watches the board, with the part of it that their role reaches."""

    email: str
    extent: str
    token: str


@dataclass
class Floor:
    """`agents` agents; `watchers` people who may see all, their team's agents, or their queues."""

    folder: Path
    agents: int
    watchers: int
    users: list[UUID] = field(default_factory=list[UUID])
    seeing: list[Watcher] = field(default_factory=list[Watcher])
    admin: str = ""

    def start(self) -> None:
        self.postgres = PostgresServer(self.folder / "postgres")
        self.postgres.start()
        meter = DatabaseMeter(self.postgres.dsn(user=SUPERUSER))
        meter.value("ALTER SYSTEM SET track_commit_timestamp = on")
        meter.close()
        self.postgres.stop()
        self.postgres.start()
        migrate(self.postgres.dsn())
        self.settings = Settings(database_dsn=self.postgres.dsn(), data_dir=self.folder)
        asyncio.run(self._furnish())
        self.app = self._start_app()
        self.meter = DatabaseMeter(self.postgres.dsn(user=SUPERUSER))

    def stop(self) -> None:
        self.app.terminate()
        self.app.wait()
        self.meter.close()
        self.postgres.stop()
        self.postgres.erase()

    def commits(self, since: datetime) -> dict[UUID, list[tuple[float, tuple[int, int]]]]:
        """When each change of presence was committed (UNIX time), and where it stands in the log; in order, per agent."""
        found: dict[UUID, list[tuple[float, tuple[int, int]]]] = {}
        rows = self.meter.rows(
            "SELECT aggregate_id, extract(epoch FROM pg_xact_commit_timestamp(tx::xid))::float8, tx::text::bigint, id"
            " FROM event_log WHERE type = 'people.presence_changed' AND at >= %s ORDER BY aggregate_id, aggregate_version",
            since,
        )
        for user_id, at, tx, number in rows:
            found.setdefault(user_id, []).append((at, (tx, number)))
        return found

    @property
    def pids(self) -> dict[str, int]:
        return {"app": self.app.pid, "PostgreSQL": self.postgres.pid}

    async def _furnish(self) -> None:
        registry = register_all(Registry())
        tenant = new_id()
        async with registry.running(self.settings, services=False) as runtime:
            async with runtime.database.transaction(Scope(tenant)) as tx:
                await create_tenant(
                    tx, NewTenant("bench", "Bench", "VN", "Asia/Ho_Chi_Minh"), runtime.get(Founding)
                )
                await self._people(tx)
            for user in self.users:
                async with runtime.database.transaction(Scope(tenant)) as tx:
                    await people.choose(tx, user, people.Chosen.READY, None, datetime.now(UTC))

    async def _people(self, tx: Transaction) -> None:
        teams, queues = [new_id() for _ in range(TEAMS)], [new_id() for _ in range(QUEUES)]
        for number, team in enumerate(teams):
            await tx.execute(
                "INSERT INTO teams (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
                {"id": team, "name": f"Team {number}"},
            )
        for number, queue in enumerate(queues):
            await tx.execute(
                "INSERT INTO queues (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
                {"id": queue, "name": f"Queue {number}"},
            )
        for number in range(self.agents):
            user = await _user(tx, f"Agent {number}", f"agent{number}@example.com")
            self.users.append(user)
            await _join(tx, teams[number % TEAMS], user, queues[number % QUEUES], leads=False)
        hashed = hash_password(PASSWORD)
        roles = {extent: await _role(tx, extent) for extent in EXTENTS}
        for number in range(self.watchers):
            extent = EXTENTS[number % len(EXTENTS)]
            user = await _user(tx, f"Watcher {number}", f"watcher{number}@example.com", hashed)
            await _join(tx, teams[number % TEAMS], user, queues[number % QUEUES], leads=extent == "team")
            await _has(tx, user, roles[extent])
            token = await issue_api_token(tx, user, "bench")
            self.seeing.append(Watcher(f"watcher{number}@example.com", extent, token))
        admin = await _user(tx, "Admin", "admin@example.com", hashed)
        role = await tx.fetch_value(
            "SELECT id FROM roles WHERE tenant_id = %(tenant)s AND builtin = 'admin'", {}
        )
        await _has(tx, admin, role)
        self.admin = await issue_api_token(tx, admin, "bench")

    def _start_app(self) -> "subprocess.Popen[bytes]":
        configuration = self.folder / "settings.toml"
        write_settings(configuration, self.settings)
        listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = Command(
            [sys.executable, "-m", "tongdai.entrypoints.serve", "--fd", str(listening.fileno())],
            self.folder,
            env={"TONGDAI_CONFIG": str(configuration)},
            pass_fds=(listening.fileno(),),
        )
        with (self.folder / "app.log").open("wb") as log:
            process = spawn(command, log=log.fileno())
        listening.close()
        deadline = time.monotonic() + 60
        while not _answers(f"{self.url}/api/v1/health"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the app did not come up:\n{(self.folder / 'app.log').read_text()[-2000:]}")
            time.sleep(0.1)
        return process


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).is_success
    except httpx.HTTPError:
        return False


async def _user(tx: Transaction, name: str, email: str, password_hash: str | None = None) -> UUID:
    user = new_id()
    values: dict[str, Any] = {
        "id": user,
        "email": email,
        "name": name,
        "sort": sort_key(name),
        "fold": fold(name),
        "hash": password_hash,
    }
    await tx.execute(
        "INSERT INTO users (tenant_id, id, email, name, name_sort, name_fold, password_hash)"
        " VALUES (%(tenant)s, %(id)s, %(email)s, %(name)s, %(sort)s, %(fold)s, %(hash)s)",
        values,
    )
    return user


async def _join(tx: Transaction, team: UUID, user: UUID, queue: UUID, *, leads: bool) -> None:
    await tx.execute(
        "INSERT INTO team_members (tenant_id, team_id, user_id, leads) VALUES (%(tenant)s, %(team)s, %(user)s, %(leads)s)",
        {"team": team, "user": user, "leads": leads},
    )
    await tx.execute(
        "INSERT INTO queue_members (tenant_id, queue_id, user_id, position) VALUES (%(tenant)s, %(queue)s, %(user)s, 0)",
        {"queue": queue, "user": user},
    )


async def _role(tx: Transaction, extent: str) -> UUID:
    role = new_id()
    await tx.execute(
        "INSERT INTO roles (tenant_id, id, name) VALUES (%(tenant)s, %(id)s, %(name)s)",
        {"id": role, "name": f"Watches {extent}"},
    )
    for permission, reach in (("live.see", extent), ("calls.take", "tenant")):
        await tx.execute(
            "INSERT INTO role_grants (tenant_id, role_id, permission, extent) VALUES (%(tenant)s, %(role)s, %(p)s, %(e)s)",
            {"role": role, "p": permission, "e": reach},
        )
    return role


async def _has(tx: Transaction, user: UUID, role: UUID) -> None:
    await tx.execute(
        "INSERT INTO user_roles (tenant_id, user_id, role_id) VALUES (%(tenant)s, %(user)s, %(role)s)",
        {"user": user, "role": role},
    )
