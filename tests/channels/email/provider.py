"""A provider that signs people in itself: gives tokens that the tests' dovecot believes, and takes them back."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tongdai.kit.ids import new_id

ISSUER = "https://provider.example"
KEY = b"the tests' dovecot knows this key"
CLIENT_ID, CLIENT_SECRET = "tongdai", "our-s3cret"


def token(address: str, lasts_s: float) -> str:
    """A JSON web token (RFC 7519), signed by HS256."""

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    now = int(time.time())
    told = {"iss": ISSUER, "sub": address, "email": address, "iat": now - 60, "exp": now + int(lasts_s)}
    said = ".".join(
        part(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT", "kid": "default"}, told)
    )
    return f"{said}.{part(hmac.digest(KEY, said.encode(), 'sha256'))}"


@dataclass
class Provider:
    """`asked`: what came to the token endpoint. `lasts_s`: how long its tokens really hold, whatever it says of them."""

    port: int = 0
    address: str = ""
    says_s: int = 3600
    lasts_s: float = 3600
    rotates: bool = True
    away: bool = False
    refuses: bool = False
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    codes: dict[str, str] = field(default_factory=dict[str, str])
    refresh: str = ""
    redirect: str = ""

    @property
    def app(self) -> dict[str, str]:
        here = f"http://127.0.0.1:{self.port}"
        return {
            "authorize_url": f"{here}/authorize",
            "token_url": f"{here}/token",
            "client_id": CLIENT_ID,
            "scope": "mail",
        }

    def allows(self, url: str) -> dict[str, str]:
        """The person at the page signs in and says yes: what the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.app['authorize_url']}?")
        assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
        code = new_id().hex
        self.codes[code] = asked["code_challenge"]
        self.redirect = asked["redirect_uri"]
        return {"code": code, "state": asked["state"]}

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if self.refuses:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        if form["grant_type"] == "authorization_code":
            proof = hashlib.sha256(form["code_verifier"].encode()).digest()
            known = self.codes.pop(form["code"], None)
            if known != base64.urlsafe_b64encode(proof).decode().rstrip("="):
                return 400, {"error": "invalid_grant"}
            assert form["redirect_uri"] == self.redirect
        elif form["refresh_token"] != self.refresh:
            return 400, {"error": "invalid_grant"}
        if self.rotates or not self.refresh:
            self.refresh = new_id().hex
        return 200, {
            "access_token": token(self.address, self.lasts_s),
            "refresh_token": self.refresh,
            "expires_in": self.says_s,
            "token_type": "Bearer",
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1])
            for line in head.splitlines()
            if line.lower().startswith("content-length:")
        )
        form = parse_qs((await reader.readexactly(length)).decode())
        status, told = self.answer({name: values[0] for name, values in form.items()})
        if self.away:
            status, told = 503, {}
        body = json.dumps(told).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
        writer.close()


@contextlib.asynccontextmanager
async def provider() -> AsyncGenerator[Provider]:
    made = Provider()
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)  # pyright: ignore[reportPrivateUsage]
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
