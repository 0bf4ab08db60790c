"""The `http` verb carried out: to public addresses only, within limits, following no redirect to anywhere else."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from tongdai.flows.commands import HttpRequest
from tongdai.flows.json_path import find
from tongdai.flows.outside.addresses import is_public
from tongdai.flows.replies import Reply

MAX_BODY = 1_000_000
MAX_HEADERS = 32_000
MAX_AT_ONCE = 50
_PORTS = frozenset({80, 443, 8080, 8443})
Resolve = Callable[[str, int], Awaitable[list[str]]]
Allowed = Callable[[str], bool]


class Refused(Exception):
    """The request may not be made; the message is for the flow's author."""


async def resolve(host: str, port: int) -> list[str]:
    """All addresses of the host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class HttpPerformer:
    """Carries out HttpRequest commands. `hosts` gives a tenant's allow-list (patterns such as api.example.com and
    *.example.com; None: every public host). `allowed` judges addresses; tests alone replace it, to reach a server of theirs.
    """

    def __init__(
        self,
        *,
        hosts: Callable[[UUID], Awaitable[Sequence[str] | None]] | None = None,
        resolver: Resolve = resolve,
        allowed: Allowed = is_public,
        ports: frozenset[int] | None = _PORTS,
    ) -> None:
        self._hosts = hosts
        self._resolver = resolver
        self._allowed = allowed
        self._ports = ports
        self._gate = asyncio.Semaphore(MAX_AT_ONCE)
        self._client = httpx.AsyncClient(
            follow_redirects=False, trust_env=False, http2=False, verify=ssl.create_default_context(),
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip

    async def __aenter__(self) -> HttpPerformer:
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def perform(self, tenant_id: UUID, command: HttpRequest) -> Reply:
        """Never raises; the whole exchange, waiting for a free place included, takes at most the command's timeout."""
        try:
            status, body = await self.fetch(tenant_id, command)
            return self._reply(command, status, body)
        except (TimeoutError, httpx.TimeoutException):
            return Reply(command.id, "timeout")
        except Refused as exc:
            return Reply(command.id, "refused", {"reason": str(exc)})
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as exc:
            return Reply(command.id, "failed", {"reason": type(exc).__name__})

    async def fetch(self, tenant_id: UUID, command: HttpRequest) -> tuple[int, bytes]:
        """(status, body), in at most the command's timeout. Raises Refused, TimeoutError, what httpx and the network raise."""
        async with asyncio.timeout(command.timeout), self._gate:
            return await self._exchange(tenant_id, command)

    async def _exchange(self, tenant_id: UUID, command: HttpRequest) -> tuple[int, bytes]:
        parts = urlsplit(command.url)
        host, port = self._target(parts.scheme, parts.hostname, parts.port, parts.username)
        await self._check_host(tenant_id, host)
        address = await self._pin(host, port)
        shown = f"[{address}]" if ":" in address else address
        url = httpx.URL(command.url).copy_with(host=address, port=port)
        headers = {
            "accept": "application/json",
            "user-agent": "Tongdai",
            **{name.lower(): value for name, value in command.headers.items()},
            "host": host if port in (80, 443) else f"{host}:{port}",
        }
        body = command.body.encode() if command.body is not None else None
        if body is not None:
            headers.setdefault("content-type", "application/json")
        request = self._client.build_request(
            command.method, url, headers=headers, content=body, timeout=command.timeout,
            extensions={"sni_hostname": host},
        )  # fmt: skip
        assert shown in str(request.url)
        response = await self._client.send(request, stream=True)
        try:
            if 300 <= response.status_code < 400:
                raise Refused("the service redirects; give the final address")
            if sum(len(name) + len(value) for name, value in response.headers.raw) > MAX_HEADERS:
                raise Refused("the answer's headers are too large")
            return response.status_code, await _body(response)
        finally:
            await response.aclose()

    def _target(self, scheme: str, host: str | None, port: int | None, user: str | None) -> tuple[str, int]:
        if scheme not in ("http", "https") or not host:
            raise Refused("the URL is neither http nor https")
        if user is not None:
            raise Refused("a URL with a user name is not followed; use a header")
        target = port or (443 if scheme == "https" else 80)
        if self._ports is not None and target not in self._ports:
            raise Refused(f"port {target} is not one of web services")
        return host.rstrip(".").encode("idna").decode("ascii").lower() if ":" not in host else host, target

    async def _check_host(self, tenant_id: UUID, host: str) -> None:
        patterns = await self._hosts(tenant_id) if self._hosts is not None else None
        if patterns is not None and not any(matches(host, pattern) for pattern in patterns):
            raise Refused(f"{host} is not on the list of allowed hosts")

    async def _pin(self, host: str, port: int) -> str:
        """The one address to connect to. Every address of the name must be public: a mixed answer is an attack."""
        addresses = await self._resolver(host, port)
        if not addresses:
            raise Refused(f"{host} has no address")
        for address in addresses:
            if not self._allowed(address):
                raise Refused(f"{host} is not a public address")
        return addresses[0]

    def _reply(self, command: HttpRequest, status: int, body: bytes) -> Reply:
        values: dict[str, Any] = {}
        if command.extract:
            try:
                answer = json.loads(body) if body else None
            except (ValueError, RecursionError):
                answer = None
            for name, path in command.extract.items():
                value = find(answer, path)
                values[name] = value if len(json.dumps(value)) <= 8_000 else None
        return Reply(command.id, "answered", {"status": status, "values": values})


async def _body(response: httpx.Response) -> bytes:
    """The body, decompressed, at most MAX_BODY: a small bomb is stopped while it unfolds."""
    chunks = bytearray()
    async for chunk in response.aiter_bytes(16_384):
        chunks += chunk
        if len(chunks) > MAX_BODY:
            raise Refused("the answer is larger than 1 MB")
    return bytes(chunks)


def matches(host: str, pattern: str) -> bool:
    """`*.example.com` covers its subdomains, not example.com itself."""
    pattern = pattern.lower().rstrip(".")
    return host.endswith(pattern[1:]) and host != pattern[1:] if pattern.startswith("*.") else host == pattern
