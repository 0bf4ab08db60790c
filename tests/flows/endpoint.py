"""A server on loopback that speaks OpenAI's chat completions, and does to us what such servers do."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from tongdai.flows.assistant.protocol import Completions
from tongdai.flows.assistant.service import Assistant
from tongdai.platform.registry import Runtime

KEY = "sk-the-tests-own"
MODEL = "a-model"
Says = Callable[[dict[str, Any]], Any]


def content(text: str | None, **more: Any) -> dict[str, Any]:
    """An answer as it should be; `more` goes into the message."""
    return {
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text, **more}, "finish_reason": "stop"}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


@dataclass
class Endpoint:
    """`says` is given each request's body, and gives text, a whole answer, or (status, answer). `holds`: it never answers."""

    port: int = 0
    says: Says = field(default=lambda _: "Yes.")
    holds: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.headers.append(head.lower())
            length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0])
            body = json.loads(await reader.readexactly(length))
            self.asked.append(body)
            if self.holds:
                await reader.read()
                return
            status, answer = self._answer(head, body)
            sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            writer.write(
                f"HTTP/1.1 {status} x\r\ncontent-length: {len(sent)}\r\nconnection: close\r\n\r\n".encode()
                + sent
            )
            await writer.drain()
        writer.close()

    def _answer(self, head: str, body: dict[str, Any]) -> tuple[int, Any]:
        if f"authorization: bearer {KEY}" not in head.lower():
            return 401, {"error": {"message": "Incorrect API key provided."}}
        if "POST /v1/chat/completions " not in head:
            return 404, {"error": {"message": "Not here."}}
        said = self.says(body)
        if isinstance(said, tuple):
            return said  # pyright: ignore[reportUnknownVariableType]
        return 200, content(said) if isinstance(said, str) else said


@contextlib.asynccontextmanager
async def endpoint(runtime: Runtime) -> AsyncGenerator[Endpoint]:
    """While open, the installation allows the assistant this machine's own addresses."""
    one = Endpoint()
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    assistant = runtime.get(Assistant)
    before, assistant.completions = assistant.completions, Completions(("127.0.0.0/8",))
    try:
        yield one
    finally:
        await assistant.completions.close()
        assistant.completions = before
        server.close()
