"""What the command line chooses for a stack."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_APP = "tongdai.entrypoints.api:create_app"


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What the command line chooses."""

    directory: Path
    http_port: int = 8000
    sip_port: int = 5060
    listen: str | None = None
    """None: loopback only and plain HTTP; else HTTPS on this address."""
    config: Path | None = None
    app: str = DEFAULT_APP
    reload: bool = False
