"""Many WebSockets in a process of their own (`Sockets`), noting when each message came. Told by a line of JSON on stdin; says
"ready", waits for another line, then writes what it noted.

It asks for permessage-deflate as browsers do. Messages that say the same are read once: what is measured is the server.
"""

import asyncio
import gc
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

AT_ONCE = 40
QUIET_S = 2.0


class Sockets:
    """The process with the sockets."""

    def __init__(self, folder: Path, url: str, tokens: list[str], greeting: str) -> None:
        self._into = folder / f"noted-{time.monotonic_ns()}.json"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.parts.sockets"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        order = {"url": url, "tokens": tokens, "greeting": greeting, "into": str(self._into)}
        self._say(json.dumps(order))
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit("the sockets could not be opened")

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def noted(self) -> dict[str, Any]:
        self._say("stop")
        self.process.wait(60)
        return json.loads(self._into.read_text())


class Noted:
    """Every message of every socket: when, on which, and which text it was."""

    def __init__(self) -> None:
        self.arrivals: list[tuple[float, int, int]] = []
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []

    def take(self, text: str, number: int) -> None:
        at = time.time()
        known = self._numbers.get(text)
        if known is None:
            known = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        self.arrivals.append((at, number, known))


async def _listen(socket: ClientConnection, number: int, noted: Noted) -> None:
    async for message in socket:
        noted.take(message if isinstance(message, str) else message.decode(), number)


async def _open(address: str, token: str, greeting: str, gate: asyncio.Semaphore) -> ClientConnection:
    async with gate:
        headers = {"Authorization": f"Bearer {token}"} if token else None
        socket = await connect(address, additional_headers=headers, open_timeout=60, ping_interval=None)
        if greeting:
            await socket.send(greeting)
        return socket


async def run(order: dict[str, Any]) -> None:
    noted, gate = Noted(), asyncio.Semaphore(AT_ONCE)
    opening = [_open(order["url"], token, order["greeting"], gate) for token in order["tokens"]]
    sockets = await asyncio.gather(*opening)
    listening = [asyncio.create_task(_listen(socket, number, noted)) for number, socket in enumerate(sockets)]
    gc.freeze()
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.sleep(QUIET_S)
    text = json.dumps({"arrivals": noted.arrivals, "texts": noted.texts})
    await asyncio.to_thread(Path(order["into"]).write_text, text)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.stdin.readline())))
