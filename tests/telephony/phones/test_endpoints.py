"""What Asterisk and browsers are told, decided purely."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from tongdai.kit.ids import new_id
from tongdai.platform.config import ConfigurationError, Settings, load_settings
from tongdai.platform.relays import ice_servers
from tongdai.telephony.phones.endpoints import device_objects
from tongdai.telephony.repository import DeviceRow

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def settings(**chosen: Any) -> Settings:
    return load_settings(None, {}, defaults={"database_dsn": "host=nowhere"}, **chosen)


@pytest.mark.parametrize(("kind", "address", "bound"), [
    ("sip", "127.0.0.1", True), ("sip", None, False), ("webrtc", "127.0.0.1", False),
])  # fmt: skip
def test_a_phones_sound_is_bound_to_the_address_that_is_served(
    kind: str, address: str | None, bound: bool
) -> None:
    """A browser's cannot be: on this machine it offers the addresses of real interfaces, never loopback's."""
    device = DeviceRow(new_id(), new_id(), new_id(), kind, "phone", "secret", None)
    (endpoint,) = [one for one in device_objects(device, 20, address) if one.kind == "endpoint"]
    assert (endpoint.fields.get("bind_rtp_to_media_address") == "yes") is bound
    assert (endpoint.fields.get("media_address") == "127.0.0.1") is bound


def test_each_browser_gets_credentials_of_its_own_that_end_with_the_longest_session() -> None:
    user = new_id()
    chosen = settings(ice_servers="stun:a.example, turn:b.example:3478", turn_secret="s", session_hours=2)
    stun, turn = ice_servers(chosen, user, NOW)
    assert (stun.urls, stun.username, stun.credential) == ("stun:a.example", None, None)
    name = f"{int(NOW.timestamp()) + 7200}:{user.hex}"
    mac = hmac.new(b"s", name.encode(), hashlib.sha1).digest()
    assert (turn.urls, turn.username) == ("turn:b.example:3478", name)
    assert turn.credential == base64.b64encode(mac).decode()


def test_a_fixed_account_of_the_relay_is_passed_on() -> None:
    chosen = settings(turn_server="b.example:3478", turn_user="u", turn_password="p")
    (turn,) = ice_servers(chosen, new_id(), NOW)
    assert (turn.urls, turn.username, turn.credential) == ("turn:b.example:3478", "u", "p")


def test_a_secret_without_a_relay_is_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="turn_secret needs a relay"):
        settings(turn_secret="s")
