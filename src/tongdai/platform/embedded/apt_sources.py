"""Which Debian mirror to take packages from: the one the host itself uses, if it uses one."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tongdai.platform.embedded.errors import SetupError

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
DEFAULT_SUITE = "sid"
"""The only suite of Debian with Asterisk."""


@dataclass(frozen=True, slots=True)
class AptSource:
    """One repository and the keys that must have signed it."""

    uri: str
    suite: str
    keyring: Path

    def deb822(self) -> str:
        """As a stanza for apt. `Signed-By` is always there: a list that another key signed is refused."""
        return f"Types: deb\nURIs: {self.uri}\nSuites: {self.suite}\nComponents: main\nSigned-By: {self.keyring}\n"


def host_source(etc: Path = Path("/etc/apt")) -> AptSource:
    """TONGDAI_DEBIAN_MIRROR and _SUITE, else the mirror of the host's own sources."""
    if not KEYRING.exists():
        raise SetupError(
            "Debian's keys are missing, so its packages cannot be verified: run "
            "`sudo apt-get install debian-archive-keyring` and start again."
        )
    mirror = os.environ.get("TONGDAI_DEBIAN_MIRROR") or next(_mirrors(etc), None)
    if mirror is None:
        raise SetupError(
            "This machine's apt names no mirror of Debian, from which Asterisk would be taken: set "
            "TONGDAI_DEBIAN_MIRROR to the address of one and start again."
        )
    return AptSource(mirror.rstrip("/"), os.environ.get("TONGDAI_DEBIAN_SUITE") or DEFAULT_SUITE, KEYRING)


def proxies() -> dict[str, str]:
    """The proxy settings of the host's apt, which our private configuration would otherwise lose."""
    if shutil.which("apt-config") is None:
        return {}
    done = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)  # noqa: S607
    pattern = re.compile(
        r'^(Acquire::(?:https?::)?(?:Proxy|CaInfo)[\w:.-]*) "([^"]+)";$', re.IGNORECASE | re.M
    )
    return dict(pattern.findall(done.stdout))


def _mirrors(etc: Path) -> Iterator[str]:
    """URIs of Debian's main archive in the host's sources (security and third parties are others)."""
    for file in (etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))):
        if not file.is_file():
            continue
        text = file.read_text(errors="replace")
        if file.suffix == ".sources":
            found = (uri for line in re.findall(r"^URIs:\s*(.+)$", text, re.M) for uri in line.split())
        else:
            found = iter(re.findall(r"^deb\s+(?:\[[^\]]*\]\s+)?(\S+)", text, re.M))
        for uri in found:
            if re.fullmatch(r"https?://\S+/debian/?", uri):
                yield uri
