"""A whole demo under its supervisor, as a user starts it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import tuple_row
from tests.ports import free_block
from tests.support import until

from tongdai.entrypoints.simulate.target import Target
from tongdai.platform.config import load_settings

CHECKOUT = Path(__file__).parents[2]


@dataclass
class Stack:
    """A running demo."""

    data: Path
    process: subprocess.Popen[bytes]
    target: Target
    output: Path

    def pid(self, name: str) -> int:
        return int((self.data / "run" / f"{name}.pid").read_text().split()[0])

    def kill(self, name: str) -> None:
        os.kill(self.pid(name), signal.SIGKILL)

    async def spare_waits(self) -> None:
        """Once the spare app process has done its work: it uses no more processor time."""
        used: list[int] = []

        async def still() -> bool:
            fields = Path(f"/proc/{self.pid('app-spare')}/stat").read_text().rpartition(")")[2].split()
            used.append(int(fields[11]) + int(fields[12]))
            await asyncio.sleep(0.2)
            return used[-1] > 50 and used[-5:] == [used[-1]] * 5

        await until(still, timeout=60)

    @property
    def asterisk_recordings(self) -> Path:
        found = load_settings(self.data / "run" / "settings.toml").asterisk_recordings
        assert found is not None
        return found

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Read across tenants."""
        settings = load_settings(self.data / "run" / "settings.toml")
        async with await psycopg.AsyncConnection.connect(
            settings.database_dsn, row_factory=tuple_row
        ) as connection:
            await connection.execute("SET tongdai.tenant = '*'")
            cursor = await connection.execute(sql, values)  # type: ignore[arg-type]
            return await cursor.fetchall()

    async def in_asterisk(self) -> tuple[list[str], list[str]]:
        """The channels and bridges that Asterisk has."""
        settings = load_settings(self.data / "run" / "settings.toml")
        account = (settings.ari_user, settings.ari_password)
        async with httpx.AsyncClient(base_url=settings.ari_url, auth=account) as client:
            channels, bridges = await client.get("/channels"), await client.get("/bridges")
        return [one["name"] for one in channels.json()], [one["id"] for one in bridges.json()]

    async def phones_registered(self, number: int) -> None:
        """Once so many phones can be called."""
        settings = load_settings(self.data / "run" / "settings.toml")
        account = (settings.ari_user, settings.ari_password)

        async def registered() -> bool:
            async with httpx.AsyncClient(base_url=settings.ari_url, auth=account) as client:
                try:
                    endpoints = (await client.get("/endpoints/PJSIP")).json()
                except httpx.HTTPError:
                    return False
            online = [one for one in endpoints if one["state"] == "online"]
            return len(online) >= number

        await until(registered, timeout=60)  # they register again every 50 s

    def processes(self) -> list[str]:
        """Processes that were started for this demo: by their command line or their folder."""
        found: list[str] = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                folder = os.readlink(process / "cwd")
            except OSError:
                continue
            if str(self.data) in command or folder.startswith(str(self.data)):
                found.append(command)
        return found


@asynccontextmanager
async def running_stack(
    data: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
    port: int | None = None,
    view: Path | None = None,
) -> AsyncGenerator[Stack]:
    """A demo in `data`, ready. `before` goes in front of its command line (say, into another network).

    `view` is where we see `data` when the demo lives in a file system of its own.
    """
    port = port or free_block(300)
    argv = [*before, sys.executable, "-m", "tongdai.entrypoints.cli", "demo", "--data", str(data)]
    argv += ["--http-port", str(port), "--sip-port", str(port + 1), *options]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TONGDAI_")}
    kept |= {"TONGDAI_RTP_START": str(port + 2), "TONGDAI_RTP_END": str(port + 299), **(environment or {})}
    output = (data if view is None else data.parent).with_suffix(".out")
    seen = view or data
    with output.open("wb") as log:
        process = subprocess.Popen(argv, cwd=CHECKOUT, env=kept, stdout=log, stderr=log)
    try:
        async with asyncio.timeout(120):
            while "Tongdai is ready" not in output.read_text():
                assert process.poll() is None, output.read_text()
                await asyncio.sleep(0.05)
        yield Stack(seen, process, Target.load(seen), output)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            await asyncio.to_thread(process.wait, 40)
        finally:
            process.kill()
