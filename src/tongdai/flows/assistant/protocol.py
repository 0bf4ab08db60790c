"""One question to an endpoint that speaks OpenAI's protocol of chat completions, as most providers and self-hosted servers do.

Only public addresses by https, and those networks inside that the installation names. No tools are offered, so that nothing that
a customer writes can call anything.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tongdai.flows.assistant.policies import reckoned_tokens, text_of
from tongdai.flows.commands import HttpRequest
from tongdai.flows.json_path import find
from tongdai.flows.outside.addresses import is_in, is_public

if TYPE_CHECKING:
    from tongdai.flows.outside.http import HttpPerformer

MOST_TOKENS = 700
LONGEST_SAID = 8_000
_BY_STATUS = {401: "sign_in", 403: "sign_in", 404: "not_found", 408: "timeout", 429: "busy"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    key: str
    model: str
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Said:
    """What it wrote, and what that cost."""

    text: str
    tokens: int


class Hindered(Exception):
    """It gave no answer: `state` says what kind of trouble, the text is the server's."""

    def __init__(self, state: str, problem: str = "", tokens: int = 0) -> None:
        super().__init__(problem)
        self.state = state
        self.tokens = tokens


class Completions:
    """The one of the process. What it needs is loaded with the first question: few centres ask any."""

    def __init__(self, inside: tuple[str, ...]) -> None:
        self._inside: tuple[IPv4Network | IPv6Network, ...] = tuple(ip_network(one) for one in inside)
        self._clients: dict[str, HttpPerformer] = {}
        self._plain: set[tuple[str, str]] = set()
        """(url, model) of those that want the newer names, or their own temperature."""

    def _client(self, scheme: str) -> HttpPerformer:
        """In clear only to the networks inside: a key does not go over the internet so."""
        from tongdai.flows.outside.http import HttpPerformer

        found = self._clients.get(scheme)
        if found is None:

            def allowed(address: str) -> bool:
                return is_in(address, self._inside) or (scheme == "https" and is_public(address))

            # Servers of one's own listen where they like.
            found = (
                HttpPerformer(allowed=allowed, ports=None) if self._inside else HttpPerformer(allowed=allowed)
            )
            self._clients[scheme] = found
        return found

    async def close(self) -> None:
        for client in self._clients.values():
            await client.__aexit__(None, None, None)

    async def ask(self, tenant_id: UUID, to: Endpoint, messages: list[dict[str, str]]) -> Said:
        """Raises Hindered."""
        way = (to.url, to.model)
        try:
            return await self._ask(tenant_id, to, messages, plain=way in self._plain)
        except Hindered as hindered:
            if hindered.state != "refused" or way in self._plain or not _of_names(str(hindered)):
                raise
        self._plain.add(way)
        return await self._ask(tenant_id, to, messages, plain=True)

    async def _ask(
        self, tenant_id: UUID, to: Endpoint, messages: list[dict[str, str]], *, plain: bool
    ) -> Said:
        limits = (
            {"max_completion_tokens": MOST_TOKENS} if plain else {"max_tokens": MOST_TOKENS, "temperature": 0}
        )
        body = {"model": to.model, "messages": messages, **limits}
        status, answer = await self._post(tenant_id, to, json.dumps(body))
        told = _told(answer)
        if status != 200:
            state = _BY_STATUS.get(status, "server" if status >= 500 else "refused")
            raise Hindered(state, _words(told) or f"HTTP {status}")
        text, counted = find(told, "choices[0].message.content"), find(told, "usage.total_tokens")
        asked = text_of(messages)
        known = isinstance(counted, int) and counted > 0
        tokens = int(counted) if known else reckoned_tokens(asked, text if isinstance(text, str) else "")
        if not isinstance(text, str) or not text.strip():
            raise Hindered("nonsense", "there is no text in its answer", tokens)
        return Said(text[:LONGEST_SAID], tokens)

    async def _post(self, tenant_id: UUID, to: Endpoint, body: str) -> tuple[int, bytes]:
        import httpx

        from tongdai.flows.outside.http import Refused

        url = f"{to.url.rstrip('/')}/chat/completions"
        headers = {"authorization": f"Bearer {to.key}"} if to.key else {}
        request = HttpRequest(
            id="assistant", method="POST", url=url, headers=headers, body=body, timeout=to.timeout_s
        )
        spent = reckoned_tokens(body)
        try:
            return await self._client(url.partition(":")[0]).fetch(tenant_id, request)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Hindered("timeout", tokens=spent) from error
        except Refused as refusal:
            raise Hindered("address", str(refusal)) from refusal
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as error:
            state = "certificate" if _is_of_certificate(error) else "unreachable"
            raise Hindered(state, str(error)[:300] or type(error).__name__) from error


def _is_of_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _of_names(problem: str) -> bool:
    return any(name in problem for name in ("max_tokens", "max_completion_tokens", "temperature"))


def _told(answer: bytes) -> Any:
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _words(told: Any) -> str:
    """What the server says of an error: {error: {message}}, {error: "…"}, {message}, {detail}."""
    for path in ("error.message", "error", "message", "detail"):
        found = find(told, path)
        if isinstance(found, str) and found:
            return " ".join(found.split())[:300]
    return ""
