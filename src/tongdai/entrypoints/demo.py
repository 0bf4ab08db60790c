"""`tongdai demo`: everything on one machine, with a demo company, until Ctrl-C."""

import asyncio
import importlib
import importlib.util
import json
import os
import resource
import signal
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, cast

from tongdai.entrypoints.stack import Stack, StackOptions
from tongdai.platform.config import Settings
from tongdai.platform.embedded.lock import directory_lock
from tongdai.platform.embedded.supervisor import Supervisor
from tongdai.platform.schema import is_current

Print = Callable[[str], None]
Company = dict[str, Any]
"""What the demo company's loader gives: {hotlines, trunk, users, api_token, widget}, as in demo.json."""

_COMPANY = "tongdai.entrypoints.demo_company"


def run_demo(options: StackOptions, say: Print) -> None:
    """Start, load, announce, stay until a signal. Raises SetupError or ConfigurationError; then nothing is left running."""
    _raise_file_limit()
    with directory_lock(options.directory.absolute()):
        asyncio.run(_Demo(options, say).run())


class _Demo:
    def __init__(self, options: StackOptions, say: Print) -> None:
        self._options = options
        self._say = say
        self._file = options.directory.absolute() / "demo.json"
        self._kept = options.directory.absolute() / "run" / "demo.json"
        self._company: Company = dict.fromkeys(("trunk", "api_token", "widget")) | {
            "hotlines": [],
            "users": [],
        }

    async def run(self) -> None:
        self._put_aside()
        stack = await asyncio.to_thread(Stack, self._options, self._say, self._prepare_database)
        supervisor = Supervisor(stack.directory, stack.services(), self._say)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, supervisor.stop)
        try:
            await asyncio.to_thread(stack.prepare_given_database)
            self._say("Starting the servers")
            await supervisor.run(lambda: self._announce(stack))
        finally:
            stack.close()
            self._put_aside()
        self._say("Everything is stopped.")

    def _prepare_database(self, settings: Settings) -> None:
        """Schema and company. A database that has both is left alone, which is what makes a warm start fast."""
        previous = _facts_in(self._kept)
        if previous is not None and is_current(settings.database_dsn):
            self._company |= {key: previous[key] for key in self._company if key in previous}
            return
        importlib.import_module("tongdai.platform.migrations").migrate(settings.database_dsn)
        if importlib.util.find_spec(_COMPANY) is None:
            return
        load = cast("Callable[..., Coroutine[Any, Any, Company]]", importlib.import_module(_COMPANY).load)
        self._say("Loading the demo company")
        self._company |= asyncio.run(load(settings, previous=previous))

    async def _announce(self, stack: Stack) -> None:
        settings = stack.settings
        if not await stack.takes_calls():
            self._say(f"Calls are not taken yet; {stack.directory / 'log' / 'app.log'} may say why.")
        facts = {
            "url": settings.public_url,
            "sip": {"host": settings.sip_host, "port": settings.sip_port, "transport": "udp"},
            **self._company,
        }
        for file in (self._kept, self._file):  # one of them is whole even if a write was interrupted
            _write_private(file, json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        for line in _welcome(facts, settings, self._file):
            self._say(line)

    def _put_aside(self) -> None:
        """demo.json is there only while the demo is ready; its passwords are kept for the next start."""
        if _facts_in(self._file) is not None:
            self._file.rename(self._kept)
        elif self._file.exists():
            self._say(f"{self._file} was damaged and is written anew.")
            self._file.unlink()


def _facts_in(file: Path) -> dict[str, Any] | None:
    """What a demo.json tells; None when there is none, or it is damaged (by a full disk, by a hand)."""
    try:
        facts = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    whole = isinstance(facts, dict) and {"hotlines", "trunk", "users", "api_token"} <= facts.keys()
    return cast("dict[str, Any]", facts) if whole else None


def _welcome(facts: dict[str, Any], settings: Settings, file: Path) -> list[str]:
    lines = ["", f"Tongdai is ready: {facts['url']}"]
    if settings.public_url.startswith("https") and settings.tls_certificate is None:
        lines.append(
            f"  Browsers trust it once {settings.data_dir / 'tls' / 'ca.pem'} is imported as an authority."
        )
    users, hotlines = facts["users"], facts["hotlines"]
    lines += [f"  {user['role']:<12} {user['email']:<32} password {user['password']}" for user in users]
    lines += [f"  Hotline {hotline['number']} → {hotline['flow']}" for hotline in hotlines]
    if facts.get("widget"):
        lines.append(f"  A shop with a chat: {facts['url']}{facts['widget']['page']}")
    lines.append(f"  SIP: {facts['sip']['host']}:{facts['sip']['port']} (udp, tcp). All of it is in {file}.")
    lines.append("Ctrl-C stops everything.")
    return lines


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


def _raise_file_limit() -> None:
    """Each call and each browser takes files: allow as many as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
