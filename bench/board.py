"""./run bench board: from the commit of a change to the boards that show it.

Agents' states are changed through the app's own route while many WebSockets of different reach and three boards in Chromium
watch. Measured: from PostgreSQL's own time of the commit to the message at each socket that may see it, and to the frame in which
Chromium has painted the tile. Beside it, in the same run: a bare fan-out of the same messages by the same server library.
See bench/README.md.
"""

import argparse
import asyncio
import json
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.parts.boards import Boards
from bench.parts.floor import Floor
from bench.parts.measure import Busy, MachineClock, cpu_seconds, family_cpu_seconds, percentile, table
from bench.parts.sockets import Sockets
from tongdai.platform.embedded.process import Command, own_user, spawn
from tongdai.platform.events import decode_position

APART_S = 4.0
"""An agent is changed again at the earliest after this long: so every message can be told whose change it shows."""
TARGET_MS = 250
HEAD = ("what", "times", "p50 ms", "p95 ms", "p99 ms", "worst", "over 250 ms")


@dataclass
class Measured:
    """What one run gave. Times in milliseconds."""

    agents: list[float] = field(default_factory=list[float])
    queues: list[float] = field(default_factory=list[float])
    painted: list[float] = field(default_factory=list[float])
    changes: int = 0
    messages: int = 0
    lost: int = 0
    sample: list[str] = field(default_factory=list[str])
    cpu: dict[str, float] = field(default_factory=dict[str, float])
    busy: Busy = field(default_factory=lambda: Busy(0, 0))


async def change(floor: Floor, rate: float, seconds: float) -> list[UUID]:
    """Make agents ready and not ready, one every 1/`rate` s on average. Gives whom, in order."""
    dice, last = random.Random(20), dict.fromkeys(floor.users, 0.0)
    ready = dict.fromkeys(floor.users, True)
    done: list[UUID] = []
    headers = {"Authorization": f"Bearer {floor.admin}"}
    async with httpx.AsyncClient(base_url=floor.url, headers=headers, timeout=20) as client:
        started = time.monotonic()
        moment = 0.0
        while (moment := moment + dice.expovariate(rate)) < seconds:
            await asyncio.sleep(max(0.0, started + moment - time.monotonic()))
            now = time.monotonic()
            user = dice.choice([one for one in floor.users if now - last[one] > APART_S])
            ready[user], last[user] = not ready[user], now
            state = "ready" if ready[user] else "not_ready"
            answer = await client.put(f"/api/v1/users/{user}/presence", json={"state": state})
            answer.raise_for_status()
            done.append(user)
    return done


def product(floor: Floor, folder: Path, options: argparse.Namespace) -> Measured:
    """The run with the product."""
    tokens = [floor.seeing[number % len(floor.seeing)].token for number in range(options.sockets)]
    url = floor.url.replace("http", "ws") + "/api/v1/realtime"
    sockets = Sockets(folder, url, tokens, json.dumps({"op": "subscribe", "topics": ["board"]}))
    extents = [floor.seeing[number % len(floor.seeing)].extent for number in range(options.sockets)]
    measured = Measured()

    async def work() -> tuple[datetime, list[tuple[str, str, float]]]:
        async with Boards(floor.url, floor.seeing[: options.boards * 3 : 3]) as boards:
            await change(floor, options.rate, 3)
            await asyncio.sleep(1)
            await boards.forget()
            since, before, clock = datetime.now(UTC), _cpu(floor, sockets), MachineClock()
            began = time.monotonic()
            measured.changes = len(await change(floor, options.rate, options.seconds))
            await asyncio.sleep(1)
            took = time.monotonic() - began
            measured.busy = clock.read()
            measured.cpu = {name: (now - before[name]) / took for name, now in _cpu(floor, sockets).items()}
            return since, await boards.painted()

    since, painted = asyncio.run(work())
    _read(measured, floor.commits(since - timedelta(seconds=0.5)), sockets.noted(), extents, painted)
    return measured


def _cpu(floor: Floor, sockets: Sockets) -> dict[str, float]:
    return {
        "app": cpu_seconds(floor.pids["app"]),
        "PostgreSQL": family_cpu_seconds(floor.pids["PostgreSQL"]),
        "sockets": cpu_seconds(sockets.process.pid),
    }


def _read(
    measured: Measured,
    commits: dict[UUID, list[tuple[float, tuple[int, int]]]],
    noted: dict[str, Any],
    extents: list[str],
    painted: list[tuple[str, str, float]],
) -> None:
    """Join what was committed with what came, and with what was painted."""
    texts = [[event for event in _events(text) if event["topic"] == "board"] for text in noted["texts"]]
    measured.sample = [text for text, events in zip(noted["texts"], texts, strict=True) if events]
    positions = sorted(position for list_ in commits.values() for _, position in list_)
    at_of = {position: at for list_ in commits.values() for at, position in list_}
    came: dict[tuple[int, str], list[float]] = {}
    queue_positions: dict[int, set[tuple[int, int]]] = {}
    for at, number, known in noted["arrivals"]:
        measured.messages += bool(texts[known])
        for event in texts[known]:
            if event["type"] == "board.agent":
                came.setdefault((number, event["data"]["user"]["id"]), []).append(at)
            elif event["type"] == "board.queue":
                # The newest change that this message can show; told once per socket and change.
                seq = decode_position(event["seq"])
                newest = max((one for one in positions if seq is not None and one <= seq), default=None)
                seen = queue_positions.setdefault(number, set())
                if newest is not None and newest not in seen:
                    seen.add(newest)
                    measured.queues.append((at - at_of[newest]) * 1000)
    for user, list_ in commits.items():
        for at, _ in list_:
            for number, extent in enumerate(extents):
                first = next(
                    (one for one in came.get((number, str(user)), []) if at <= one < at + APART_S), None
                )
                if first is not None:
                    measured.agents.append((first - at) * 1000)
                elif extent == "tenant":
                    measured.lost += 1
    shown: dict[tuple[str, str], list[float]] = {}
    for board, user, at in painted:
        shown.setdefault((board, user), []).append(at)
    for (_, user), times in shown.items():
        for at, _ in commits.get(UUID(user), []):
            first = next((one for one in times if at <= one < at + APART_S), None)
            if first is not None:
                measured.painted.append((first - at) * 1000)


def _events(text: str) -> list[dict[str, Any]]:
    message = json.loads(text)
    return [{"seq": message["seq"], **event} for event in message.get("events", ())]


def baseline(folder: Path, options: argparse.Namespace, like: Measured) -> tuple[list[float], float]:
    """As many messages of the same size to as many sockets, at the same pace, with nothing behind them. Gives the delays and the
    server's CPU as a share of a core."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = listening.getsockname()[1]
    command = Command(
        [sys.executable, "-m", "bench.parts.fanout", "--fd", str(listening.fileno())],
        Path.cwd(),
        pass_fds=(listening.fileno(),),
    )
    with (folder / "fanout.log").open("wb") as log:
        server = spawn(command, log=log.fileno())
    sockets = Sockets(folder, f"ws://127.0.0.1:{port}/watch", [""] * options.sockets, "")
    each = max(1, round(like.messages / max(1, len(like.sample))))
    payload = sorted(like.sample, key=len)[len(like.sample) // 2] if like.sample else "x" * 500
    pace = len(like.sample) / options.seconds
    before, began = cpu_seconds(server.pid), time.monotonic()

    async def tell() -> None:
        dice, moment = random.Random(20), 0.0
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            while (moment := moment + dice.expovariate(pace)) < options.seconds:
                await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
                await client.post("/tell", params={"sockets": each}, content=payload)

    asyncio.run(tell())
    share = (cpu_seconds(server.pid) - before) / (time.monotonic() - began)
    noted = sockets.noted()
    server.terminate()
    server.wait()
    told = [float(text.partition("|")[0]) for text in noted["texts"]]
    return [(at - told[known]) * 1000 for at, _, known in noted["arrivals"]], share


def _row(what: str, delays: Iterable[float]) -> list[object]:
    values = list(delays)
    late = sum(value > TARGET_MS for value in values) / max(1, len(values))
    shares = [percentile(values, share) for share in (0.5, 0.95, 0.99)]
    return [what, len(values), *shares, max(values, default=float("nan")), f"{late:.2%}"]


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        folder = Path(name)
        if own_user("tongdai") is not None:
            folder.chmod(0o755)
        floor = Floor(folder, options.agents, options.watchers)
        floor.start()
        try:
            measured = product(floor, folder, options)
        finally:
            floor.stop()
        bare, bare_cpu = baseline(folder, options, measured)
    rows = [
        _row("commit → agent's tile at a socket", measured.agents),
        _row("commit → queue's tile at a socket", measured.queues),
        _row(f"commit → painted, {options.boards} boards in Chromium", measured.painted),
        _row("baseline: bare fan-out of the same messages", bare),
    ]
    print(table(HEAD, rows))
    size = statistics.median(map(len, measured.sample)) if measured.sample else 0
    print(
        f"\n{measured.changes} changes in {options.seconds:g} s; {measured.messages} messages of {size:.0f} bytes (median) to"
        f" {options.sockets} sockets; {measured.lost} changes missed at sockets that may see all."
    )
    shares = ", ".join(f"{name} {share:.0%}" for name, share in measured.cpu.items())
    print(f"Of one core: {shares}, bare fan-out {bare_cpu:.0%}. The machine: {measured.busy}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench board", description="From a commit to the boards that show it."
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of half a minute")
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument(
        "--watchers",
        type=int,
        default=60,
        help="people behind the sockets: a third each sees all, a team, a queue",
    )
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--boards", type=int, default=3, help="boards in Chromium")
    parser.add_argument("--rate", type=float, default=4.0, help="changes a second")
    parser.add_argument("--seconds", type=float, default=40.0)
    options = parser.parse_args()
    if options.quick:
        options.sockets, options.seconds, options.agents = 60, 8.0, 60
    return options


if __name__ == "__main__":
    main()
