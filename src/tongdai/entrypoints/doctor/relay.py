"""STUN and TURN servers: whether they answer a binding request (RFC 8489), which needs no account."""

import secrets
import socket
import struct
from collections.abc import Iterator

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings

_BINDING = 0x0001
_COOKIE = 0x2112A442
_WAIT_S = 1.0
_TRIES = 3


def relays(settings: Settings) -> Iterator[Finding]:
    addresses = [*settings.ice_servers]
    addresses += [f"turn:{settings.turn_server}"] if settings.turn_server else []
    addresses += [f"stun:{settings.stun_server}"] if settings.stun_server else []
    for address in dict.fromkeys(addresses):
        scheme, _, rest = address.partition(":")
        host, port, query = split(rest)
        if scheme not in ("stun", "turn") or "transport=tcp" in query:
            continue
        try:
            answered = answers(host, port)
        except OSError as error:
            text = f"{address} cannot be asked ({error}): correct ice_servers, stun_server or turn_server."
            yield Finding("wrong", "Relay", text)
            continue
        if answered:
            yield Finding("ok", "Relay", f"{address} answers")
        else:
            text = f"{address} does not answer: start it, and let UDP port {port} through its firewall."
            yield Finding("wrong", "Relay", text)
    turn = [one for one in addresses if one.startswith("turn")]
    if turn and not settings.turn_secret and not settings.turn_user:
        text = f"{turn[0]} has no account: set turn_secret (better), or turn_user and turn_password."
        yield Finding("wrong", "Relay", text)


def split(address: str) -> tuple[str, int, str]:
    """host:port?query, as RFC 7064 and 7065 write them."""
    place, _, query = address.partition("?")
    host, _, port = place.rpartition(":") if place.count(":") == 1 or "]" in place else (place, "", "")
    if not port.isdigit():
        host, port = place, "3478"
    return host.strip("[]"), int(port), query


def answers(host: str, port: int) -> bool:
    """Whether something there speaks STUN."""
    family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    number = secrets.token_bytes(12)
    request = struct.pack("!HHI", _BINDING, 0, _COOKIE) + number
    with socket.socket(family, kind, protocol) as probe:
        probe.settimeout(_WAIT_S)
        probe.connect(place)
        for _ in range(_TRIES):
            probe.send(request)
            try:
                if probe.recv(2048)[8:20] == number:
                    return True
            except ConnectionRefusedError:
                return False
            except TimeoutError:
                continue
    return False
