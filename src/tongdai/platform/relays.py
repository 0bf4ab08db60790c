"""The STUN and TURN servers that a browser is told of."""

import base64
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from tongdai.platform.config import Settings


class IceServer(BaseModel):
    urls: str
    username: str | None = None
    credential: str | None = None


def ice_servers(
    settings: Settings, user_id: UUID, now: datetime, hours: int | None = None
) -> list[IceServer]:
    """With `turn_secret` each gets credentials of its own that end after so many `hours` (None: with the longest session), else
    those of the settings."""
    relays = [f"turn:{settings.turn_server}"] if settings.turn_server else []
    addresses = list(dict.fromkeys([*settings.ice_servers, *relays]))
    user, password = settings.turn_user, settings.turn_password
    if settings.turn_secret:
        until = int(now.timestamp()) + (hours or settings.session_hours) * 3600
        user, password = turn_credentials(settings.turn_secret, user_id, until)
    return [
        IceServer(urls=address, username=user or None, credential=password or None)
        if address.startswith("turn")
        else IceServer(urls=address)
        for address in addresses
    ]


def turn_credentials(secret: str, user_id: UUID, until: int) -> tuple[str, str]:
    """(user, password) until that second of the Unix epoch.

    As draft-uberti-behave-turn-rest describes it and coturn's `use-auth-secret` checks it: no account is kept anywhere.
    """
    user = f"{until}:{user_id.hex}"
    mac = hmac.new(secret.encode(), user.encode(), hashlib.sha1)  # what the protocol says
    return user, base64.b64encode(mac.digest()).decode()
