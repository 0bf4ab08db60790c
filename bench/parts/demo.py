"""A demo under its supervisor, as a user starts it, and with as many agents as a floor has. Its processes can be killed."""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import tuple_row

from tongdai.entrypoints.simulate.target import Target
from tongdai.platform.config import load_settings

READY_S = 120
QUEUE = "support"
HOTLINE = "19001200"
"""Straight to that queue."""


class Demo:
    """`port` is the first of `ports`."""

    def __init__(self, folder: Path, port: int, ports: int) -> None:
        self.data, self._output = folder / "demo", folder / "demo.out"
        self._port, self._ports = port, ports

    def start(self) -> Target:
        argv = [sys.executable, "-m", "tongdai.entrypoints.cli", "demo", "--data", str(self.data)]
        argv += ["--http-port", str(self._port), "--sip-port", str(self._port + 1)]
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TONGDAI_")}
        kept |= {
            "TONGDAI_RTP_START": str(self._port + 2),
            "TONGDAI_RTP_END": str(self._port + self._ports - 1),
        }
        with self._output.open("wb") as log:
            self._process = subprocess.Popen(argv, env=kept, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_S
        while "Tongdai is ready" not in self._output.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the demo did not start: {self._output.read_text()[-2000:]}")
            time.sleep(0.1)
        self._settings = load_settings(self.data / "run" / "settings.toml")
        return Target.load(self.data)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(60)
        finally:
            self._process.kill()

    def kill(self, name: str) -> None:
        """As kill -9 does: app, asterisk or postgres."""
        os.kill(int((self.data / "run" / f"{name}.pid").read_text().split()[0]), signal.SIGKILL)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read across tenants."""
        async with await psycopg.AsyncConnection.connect(
            self._settings.database_dsn, row_factory=tuple_row
        ) as connection:
            await connection.execute("SET tongdai.tenant = '*'")
            return await (await connection.execute(sql)).fetchall()  # type: ignore[arg-type]

    async def in_asterisk(self) -> tuple[list[str], list[str]]:
        """The channels and the bridges that it has, but for those of its music."""
        account = (self._settings.ari_user, self._settings.ari_password)
        async with httpx.AsyncClient(base_url=self._settings.ari_url, auth=account) as client:
            channels, bridges = (await client.get("/channels")).json(), (await client.get("/bridges")).json()
        named = [str(one["id"]) for one in bridges]
        return [str(one["name"]) for one in channels], [one for one in named if not one.startswith("music-")]


async def hire(target: Target, count: int) -> tuple[Target, list[str]]:
    """As an administrator would: `count` agents with desk phones; four of five are in the queue, and nobody else, the fifth is an
    expert whom they ask. Gives the target with them as its only users, and the experts' ids.
    """
    password, limit = secrets.token_urlsafe(12), asyncio.Semaphore(4)
    async with target.client(token=True) as client:

        async def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
            answer = await client.request(method, path, json=body)
            if answer.is_error:
                raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            return answer.json()

        roles = (await ask("GET", "roles"))["items"]
        role = next(one["id"] for one in roles if one["builtin"] == "agent")

        async def one(number: int) -> tuple[str, dict[str, str]]:
            extension, email = str(2000 + number), f"floor{number}@demo.example"
            body = {
                "name": f"Agent {number}", "email": email, "password": password,
                "extension": extension, "role_ids": [role],
            }  # fmt: skip
            async with limit:
                user = await ask("POST", "users", body)
                phone = await ask("POST", f"users/{user['id']}/phones")
            return str(user["id"]), {
                "id": str(user["id"]),
                "email": email, "password": password, "role": "agent", "extension": extension,
                "sip_user": phone["sip_user"], "sip_password": phone["sip_password"],
            }  # fmt: skip

        hired = await asyncio.gather(*(one(number) for number in range(count)))
        experts = [user for user, _ in hired[::5]]
        queues = await ask("GET", "queues/staff")
        queue = next(one for one in queues if one["name"] == QUEUE)
        places = [{"queue_id": queue["id"], "user_id": user} for user, _ in hired if user not in experts]
        others = [{"queue_id": queue["id"], "user_id": user} for user in queue["named"]]
        await ask("POST", "queues/staff", {"add": places, "remove": others})
    return replace(target, users=tuple(user for _, user in hired)), experts
