"""The installation that is simulated against: what its demo.json tells, and its API."""

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tongdai.entrypoints.simulate.phone import Account
from tongdai.platform.embedded.errors import SetupError


@dataclass(frozen=True, slots=True)
class Target:
    """`users` are as in demo.json: {email, password, role, extension, sip_user, sip_password}."""

    url: str
    sip_host: str
    sip_port: int
    trunk: dict[str, str]
    hotlines: tuple[str, ...]
    users: tuple[dict[str, str], ...]
    api_token: str
    authority: Path | None = None
    """The demo's own authority, when it serves HTTPS by it."""

    @classmethod
    def load(cls, data: Path) -> "Target":
        """Of the demo that runs in this data directory. Raises SetupError when none does."""
        file = data / "demo.json"
        try:
            facts: dict[str, Any] = json.loads(file.read_text())
        except FileNotFoundError:
            raise SetupError(
                f"There is no running demo in {data}: start one with `tongdai demo --data {data}`."
            ) from None
        if not facts.get("trunk") or not facts.get("hotlines"):
            raise SetupError(f"{file} names no trunk and no hotline: the demo company is not loaded.")
        hotlines = tuple(str(hotline["number"]) for hotline in facts["hotlines"])
        return cls(
            facts["url"], facts["sip"]["host"], int(facts["sip"]["port"]), facts["trunk"], hotlines,
            tuple(facts["users"]), facts["api_token"] or "", _authority(data, facts["url"]),
        )  # fmt: skip

    def trunk_account(self) -> Account:
        return Account(self.sip_host, self.sip_port, self.trunk["user"], self.trunk["password"])

    def device(self, user: dict[str, str]) -> Account:
        return Account(self.sip_host, self.sip_port, user["sip_user"], user["sip_password"])

    def client(self, *, token: bool = False, address: str | None = None) -> httpx.AsyncClient:
        """A client of the API: with the token of demo.json, else with the cookies that it gets. It comes from `address`."""
        parts = urlsplit(self.url)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}"}
        if token:
            headers["Authorization"] = f"Bearer {self.api_token}"
        way = httpx.AsyncHTTPTransport(verify=self.trust or True, local_address=address)
        return httpx.AsyncClient(base_url=f"{self.url}/api/v1/", headers=headers, timeout=20, transport=way)

    @property
    def trust(self) -> ssl.SSLContext | None:
        """Whom to believe, for HTTPS and WSS; None over plain HTTP."""
        if not self.url.startswith("https"):
            return None
        return ssl.create_default_context(cafile=str(self.authority) if self.authority else None)

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/api/v1/realtime"


def _authority(data: Path, url: str) -> Path | None:
    file = data / "tls" / "ca.pem"
    return file if url.startswith("https") and file.exists() else None
