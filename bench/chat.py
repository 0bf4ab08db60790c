"""./run bench chat: from a message that one side of a chat sends to the socket of the other, with 500 chats open.

Visitors and agents are real clients of the real server: messages are posted over HTTP through the edge, committed with fsync, and
come over the WebSockets that widget and desktop use. Both directions alternate, at rates that rise until the 99th percentile
passes a quarter of a second or messages are refused. Before each rate the same number of messages at the same pace goes through a
bare WebSocket echo of the same server library: what the machine and the clients take by themselves. Every message must come once.
"""

import argparse
import asyncio
import json
import random
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from bench.parts.demo import Demo
from bench.parts.measure import Busy, MachineClock, cpu_seconds, percentile, table
from tongdai.entrypoints.simulate.target import Target
from tongdai.kit.ids import new_id
from tongdai.kit.waiting import is_set_within
from tongdai.platform.embedded.process import Command, spawn

FLOW = """
flow: bench_chat
start: queue
nodes:
  queue:
    queue: {queue: bench chat, max_wait: 3600}
    go: {timeout: end}
  end:
    hang_up:
"""
LATE_MS = 250.0
SETTLED_S = 10.0
HEAD = ("what", "messages/s", "sent", "p50 ms", "p99 ms", "worst", "lost", "app, of a core", "machine busy")


@dataclass
class Post:
    """Tokens of messages on their way, and how long those took that came."""

    sent: dict[str, float] = field(default_factory=dict[str, float])
    took: list[float] = field(default_factory=list[float])
    twice: int = 0
    done: set[str] = field(default_factory=set[str])
    all_came: asyncio.Event = field(default_factory=asyncio.Event)

    def came(self, token: str) -> None:
        at = self.sent.pop(token, None)
        if at is not None:
            self.took.append((time.monotonic() - at) * 1000)
            self.done.add(token)
            if not self.sent:
                self.all_came.set()
        elif token in self.done:
            self.twice += 1


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo = Demo(folder, options.port, 300)
        target = demo.start()
        try:
            return asyncio.run(_run(demo, target, options))
        finally:
            demo.stop()


async def _run(demo: Demo, target: Target, options: argparse.Namespace) -> int:
    post = Post()
    centre = Centre(target, options, post)
    await centre.open()
    print(f"{options.chats} chats of {options.agents} agents are open.")
    pid = int((demo.data / "run" / "app.pid").read_text().split()[0])
    rows: list[list[object]] = []
    highest, rate = 0.0, options.start
    while rate <= options.top:
        rows.append(await _echo(options, rate))
        before, began = cpu_seconds(pid), time.monotonic()
        row, fine = await _measure("Tongdai", post, centre.say, rate, options.seconds)
        row[7] = f"{(cpu_seconds(pid) - before) / (time.monotonic() - began):.2f}"
        rows.append(row)
        if not fine:
            break
        highest, rate = rate, rate * 1.5
    print(table(HEAD, rows))
    print(f"\nSustained: {highest:.0f} messages/s. Told twice: {post.twice}.")
    await centre.close()
    return 1 if post.twice else 0


async def _measure(
    what: str,
    post: Post,
    say: Callable[[random.Random], Coroutine[Any, Any, None]],
    rate: float,
    seconds: float,
) -> tuple[list[object], bool]:
    """Messages at this pace for so long, and what became of them."""
    post.sent.clear()
    post.took.clear()
    dice, clock, moment = random.Random(7), MachineClock(), 0.0
    started, tasks = time.monotonic(), set[asyncio.Task[None]]()
    while (moment := moment + dice.expovariate(rate)) < seconds:
        await asyncio.sleep(max(0.0, started + moment - time.monotonic()))
        tasks.add(asyncio.create_task(say(dice)))
    busy: Busy = clock.read()
    refused = sum(isinstance(one, Exception) for one in await asyncio.gather(*tasks, return_exceptions=True))
    if post.sent:
        post.all_came.clear()
        await is_set_within(post.all_came, SETTLED_S)
    lost = len(post.sent)
    p50, p99 = (percentile(post.took, share) for share in (0.5, 0.99))
    worst = max(post.took, default=float("nan"))
    row: list[object] = [what, f"{rate:.0f}", len(tasks), p50, p99, worst, lost, "", str(busy)]
    return row, not refused and not lost and p99 <= LATE_MS


class Centre:
    """The centre's agents and visitors, each with a socket."""

    def __init__(self, target: Target, options: argparse.Namespace, post: Post) -> None:
        self._target, self._options, self._post = target, options, post
        self._visitors: dict[str, httpx.AsyncClient] = {}
        self._agents: list[httpx.AsyncClient] = []
        self._sockets: list[asyncio.Task[None]] = []
        self._taken: dict[str, httpx.AsyncClient] = {}
        self._turn = 0

    async def open(self) -> None:
        async with self._target.client(token=True) as admin:
            self._key = await self._found(admin)
        await asyncio.gather(*(self._arrive(number) for number in range(self._options.chats)))
        for agent in self._agents:
            await self._listen(agent)

    async def _found(self, admin: httpx.AsyncClient) -> str:
        async def ask(method: str, path: str, body: Any = None) -> Any:
            answer = await admin.request(method, path, json=body)
            if answer.is_error:
                raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            return answer.json()

        settings = await ask("GET", "settings")
        at_once = -(-self._options.chats // self._options.agents)
        await ask("PATCH", "settings", {"version": settings["version"], "chats_at_once": at_once})
        roles = (await ask("GET", "roles"))["items"]
        role = next(one["id"] for one in roles if one["builtin"] == "agent")
        password, members = secrets.token_urlsafe(12), list[str]()
        for number in range(self._options.agents):
            email = f"chat{number}@demo.example"
            body = {"name": f"Chat {number}", "email": email, "password": password, "role_ids": [role]}
            members.append((await ask("POST", "users", body))["id"])
            agent = self._target.client()
            answer = await agent.post("auth/sign-in", json={"email": email, "password": password})
            answer.raise_for_status()
            self._agents.append(agent)
        queue = {"name": "bench chat", "channel": "webchat", "member_ids": members, "offer_timeout_s": 120}
        await ask("POST", "queues", queue)
        await ask("POST", "flows", {"yaml": FLOW, "publish": True})
        flows = (await ask("GET", "flows"))["items"]
        flow = next(one["id"] for one in flows if one["name"] == "bench_chat")
        for agent in self._agents:
            (await agent.put("presence/me", json={"state": "ready"})).raise_for_status()
        return (await ask("POST", "widgets", {"name": "bench", "flow_id": flow}))["key"]

    async def _arrive(self, number: int) -> None:
        """Each visitor comes from an address of their own, as in life: one alone may not open so many."""
        await asyncio.sleep(number * 0.05)
        address = f"127.0.{2 + number // 250}.{1 + number % 250}"
        visitor = self._target.client(address=address)
        opened = await visitor.post(f"chat/{self._key}/open", json={})
        opened.raise_for_status()
        token = opened.json()["token"]
        self._visitors[token] = visitor
        await self._write(token, "I begin")
        self._sockets.append(asyncio.create_task(self._hear(token, address)))

    async def _write(self, token: str, body: str) -> None:
        answer = await self._visitors[token].post(
            f"chat/{self._key}/messages",
            json={"client_id": str(new_id()), "body": body},
            headers={"X-Visitor": token},
        )
        answer.raise_for_status()

    async def _hear(self, token: str, address: str) -> None:
        """The visitor's socket."""
        url = self._target.socket_url.replace("/realtime", f"/chat/{self._key}/socket")
        async with connect(url, ssl=self._target.trust, local_addr=(address, 0)) as line:
            await line.send(json.dumps({"token": token, "since": 0}))
            async for text in line:
                for message in json.loads(text).get("messages", ()):
                    if message["author"] == "agent":
                        self._post.came(message["body"])

    async def _listen(self, agent: httpx.AsyncClient) -> None:
        """The agent takes what is offered; their desktop's socket follows all of it."""
        mine: list[str] = []
        at_once = -(-self._options.chats // self._options.agents)
        until = time.monotonic() + 120
        while len(mine) < at_once and time.monotonic() < until:
            cards = (await agent.get("workspace")).json()["assignments"]
            for card in cards:
                if card["state"] == "offered":
                    (await agent.post(f"assignments/{card['id']}/accept")).raise_for_status()
            mine = [card["thread"]["conversation_id"] for card in cards if card["state"] == "accepted"]
        self._taken |= dict.fromkeys(mine, agent)
        cookie = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
        line = await connect(
            self._target.socket_url, additional_headers={"Cookie": cookie}, ssl=self._target.trust
        )
        await line.send(
            json.dumps(
                {"op": "subscribe", "since": None, "topics": ["me", *(f"conversation.{one}" for one in mine)]}
            )
        )
        self._sockets.append(asyncio.create_task(self._read(line)))

    async def _read(self, line: ClientConnection) -> None:
        async for text in line:
            for event in json.loads(text).get("events", ()):
                if event["type"] == "message.written" and event["data"]["author"] == "customer":
                    self._post.came(event["data"]["body"])

    async def say(self, dice: random.Random) -> None:
        """One message, of a visitor and of an agent by turns."""
        self._turn += 1
        token = secrets.token_hex(8)
        if self._turn % 2:
            visitor = dice.choice(list(self._visitors))
            self._post.sent[token] = time.monotonic()
            await self._write(visitor, token)
        else:
            conversation, agent = dice.choice(list(self._taken.items()))
            self._post.sent[token] = time.monotonic()
            answer = await agent.post(
                f"conversations/{conversation}/messages", json={"client_id": str(new_id()), "body": token}
            )
            answer.raise_for_status()

    async def close(self) -> None:
        for task in self._sockets:
            task.cancel()
        await asyncio.gather(*self._sockets, return_exceptions=True)


async def _echo(options: argparse.Namespace, rate: float) -> list[object]:
    """The same through a bare echo."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = listening.getsockname()[1]
    argv = [sys.executable, "-m", "bench.parts.echo", "--fd", str(listening.fileno())]
    with tempfile.NamedTemporaryFile() as log:
        server = spawn(Command(argv, Path.cwd(), pass_fds=(listening.fileno(),)), log=log.fileno())
        post, lines = Post(), list[ClientConnection]()
        try:
            for _ in range(options.chats):
                lines.append(await connect(f"ws://127.0.0.1:{port}/"))

            async def read(line: ClientConnection) -> None:
                async for text in line:
                    post.came(str(text))

            reading = [asyncio.create_task(read(line)) for line in lines]

            async def say(dice: random.Random) -> None:
                token = secrets.token_hex(8)
                post.sent[token] = time.monotonic()
                await dice.choice(lines).send(token)

            before = cpu_seconds(server.pid)
            row, _ = await _measure("bare echo", post, say, rate, options.seconds)
            row[7] = f"{(cpu_seconds(server.pid) - before) / options.seconds:.2f}"
            for task in reading:
                task.cancel()
            await asyncio.gather(*(line.close() for line in lines))
            return row
        finally:
            server.terminate()
            server.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench chat", description="How fast messages of a chat arrive."
    )
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--start", type=float, default=20.0, help="messages a second, of both sides together")
    parser.add_argument("--top", type=float, default=400.0)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each rate")
    parser.add_argument("--port", type=int, default=42000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
