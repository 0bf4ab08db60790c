"""A real Asterisk with our configuration: who may call, what a caller hears while the app is away, who answers ARI."""

import hashlib
import json
import re
import socket
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from tests.platform.embedded.waiting import wait_for
from tests.ports import free_block

from tongdai.platform.embedded.asterisk import (
    AsteriskServer,
    Installation,
    find_installation,
    fresh_settings,
)
from tongdai.platform.embedded.asterisk_config import ARI_USER, TurnServer, render
from tongdai.platform.embedded.asterisk_modules import REQUIRED
from tongdai.platform.embedded.errors import PortTakenError, SetupError
from tongdai.platform.embedded.process import free_port

PORT = free_block(lasting=True)
SIP_PORT = PORT


@pytest.fixture(scope="module")
def installation() -> Installation:
    return find_installation(print)


@pytest.fixture(scope="module")
def asterisk(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsteriskServer]:
    settings = fresh_settings("127.0.0.1", SIP_PORT, rtp_ports=(PORT + 2, PORT + 50))
    server = AsteriskServer(tmp_path_factory.mktemp("asterisk") / "one", installation, settings)
    process = server.start()
    yield server
    _stop(process)


def test_it_has_all_that_is_needed(asterisk: AsteriskServer, installation: Installation) -> None:
    assert installation.shortcomings() == []
    running = {
        str(module["name"]) for module in _ari(asterisk, "asterisk/modules") if module["status"] == "Running"
    }
    assert {f"{name}.so" for name in REQUIRED} <= running
    log = (asterisk.paths.log / "asterisk.log").read_text()
    assert "ERROR" not in log


def test_an_unknown_peer_is_challenged_and_never_reaches_the_dialplan(asterisk: AsteriskServer) -> None:
    with _Phone() as phone:
        for number in ("1900", "00441234567890", "s"):
            phone.invite(number, "intruder")
            assert phone.status() == 401
            phone.acknowledge()
    assert _ari(asterisk, "channels") == []


def test_a_trunk_that_signs_in_may_present_any_number_and_the_caller_hears_ringing_while_the_app_is_away(
    asterisk: AsteriskServer,
) -> None:
    _push(asterisk, "res_pjsip/auth/carrier", auth_type="userpass", username="carrier", password="s3cret")
    _push(asterisk, "res_pjsip/aor/carrier", max_contacts="1")
    _push(
        asterisk,
        "res_pjsip/endpoint/carrier",
        context="from-trunk",
        auth="carrier",
        aors="carrier",
        identify_by="auth_username",
        disallow="all",
        allow="ulaw",
    )
    with _Phone() as phone:
        phone.invite("19001234", "+84901234567")
        assert phone.status() == 401
        phone.acknowledge()
        phone.invite("19001234", "+84901234567", password="s3cret", user="carrier")
        wait_for(lambda: phone.status() == 180, "ringing")
        (channel,) = _ari(asterisk, "channels")
        assert channel["caller"]["number"] == "+84901234567"
        assert channel["dialplan"]["context"] == "from-trunk"
        assert channel["dialplan"]["exten"] == "19001234"
        phone.cancel()
        wait_for(lambda: _ari(asterisk, "channels") == [], "the end of the call")


def test_a_wrong_password_is_refused(asterisk: AsteriskServer) -> None:
    _push(asterisk, "res_pjsip/auth/other", auth_type="userpass", username="other", password="right")
    _push(
        asterisk,
        "res_pjsip/endpoint/other",
        context="from-trunk",
        auth="other",
        identify_by="auth_username",
        disallow="all",
        allow="ulaw",
    )
    with _Phone() as phone:
        phone.invite("1", "x")
        assert phone.status() == 401
        phone.acknowledge()
        phone.invite("1", "x", password="wrong", user="other")
        assert phone.status() == 401
    assert _ari(asterisk, "channels") == []


def test_another_program_on_the_sip_port_is_named(installation: Installation, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        server = AsteriskServer(tmp_path, installation, fresh_settings("127.0.0.1", port))
        with pytest.raises(PortTakenError, match=rf"Port {port} \(SIP\) is taken.*--sip-port"):
            server.start()


def test_an_asterisk_that_is_not_ours_is_not_mistaken_for_it(
    asterisk: AsteriskServer, installation: Installation, tmp_path: Path
) -> None:
    """The newcomer finds its ARI port taken by the other Asterisk, which does answer."""
    settings = fresh_settings("127.0.0.1", free_port())
    port = asterisk.settings.http_port
    server = AsteriskServer(tmp_path, installation, replace(settings, http_port=port))
    with pytest.raises(SetupError, match=rf"Another program answers on port {port}"):
        server.start()
    same_password = replace(settings, http_port=port, ari_password=asterisk.settings.ari_password)
    with pytest.raises(SetupError, match=rf"Another program answers on port {port}"):
        AsteriskServer(tmp_path, installation, same_password).start()


def test_it_stops_at_sigterm_and_starts_again(installation: Installation, tmp_path: Path) -> None:
    settings = fresh_settings("127.0.0.1", free_port(), rtp_ports=(PORT + 52, PORT + 72))
    server = AsteriskServer(tmp_path, installation, settings)
    for _ in range(2):
        process = server.start()
        process.terminate()
        assert process.wait(10) == 0


def test_nat_settings_reach_the_files(asterisk: AsteriskServer) -> None:
    settings = replace(
        asterisk.settings,
        external_address="203.0.113.9",
        local_networks=("10.9.0.0/16",),
        stun="stun.example:3478",
        turn=TurnServer("turn.example:3478", "u", "p"),
        ice_host_candidates={"10.9.0.1": "203.0.113.9"},
    )
    files = render(settings, asterisk.paths, ["pbx_config"])
    assert files["pjsip.conf"].count("external_media_address=203.0.113.9") == 5
    assert files["pjsip.conf"].count(f"external_signaling_port={settings.sip_port}") == 4
    assert "local_net=10.9.0.0/16" in files["pjsip.conf"]
    for line in ("stunaddr=stun.example:3478", "turnaddr=turn.example:3478", "10.9.0.1 => 203.0.113.9"):
        assert line in files["rtp.conf"]


def test_capabilities_are_probed_and_shortcomings_named(tmp_path: Path) -> None:
    old = Installation((str(tmp_path / "asterisk"),), tmp_path, tmp_path, "PATH")
    (tmp_path / "moh").mkdir()
    for name in REQUIRED:
        (tmp_path / f"{name}.so").write_bytes(b"old")
    assert old.shortcomings() == ["REST over the ARI WebSocket (Asterisk 20.14, 22.4 or newer)"]
    (tmp_path / "res_ari.so").write_bytes(b"...RESTRequest...")
    assert old.shortcomings() == []
    (tmp_path / "chan_pjsip.so").unlink()
    assert old.shortcomings() == ["the module chan_pjsip"]


class _Phone:
    """A SIP peer of a few lines: enough for INVITE, digest, ACK and CANCEL over UDP."""

    def __enter__(self) -> "_Phone":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.connect(("127.0.0.1", SIP_PORT))
        self._socket.settimeout(10)
        self._sequence = 0
        self._answer = ""
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def invite(self, number: str, caller: str, *, password: str | None = None, user: str = "") -> None:
        self._sequence += 1
        port = self._socket.getsockname()[1]
        self._uri = f"sip:{number}@127.0.0.1:{SIP_PORT}"
        sdp = f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"
        self._common = (
            f"Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{id(self)}{self._sequence}\r\n"
            f"From: <sip:{caller}@127.0.0.1>;tag=t{id(self)}\r\nMax-Forwards: 70\r\nCall-ID: c{id(self)}\r\n"
        )
        headers = f"Contact: <sip:{caller}@127.0.0.1:{port}>\r\nContent-Type: application/sdp\r\n"
        if password is not None:
            headers += self._credentials(user, password)
        self._send("INVITE", f"To: <{self._uri}>\r\n{headers}Content-Length: {len(sdp)}\r\n\r\n{sdp}")

    def status(self) -> int:
        """Of the next answer that is not 100 Trying."""
        while True:
            self._answer = self._socket.recv(8192).decode()
            code = int(self._answer.split()[1])
            if code != 100:
                return code

    def acknowledge(self) -> None:
        to = re.search(r"^To: .*$", self._answer, re.M)
        assert to
        self._send("ACK", f"{to[0].strip()}\r\nContent-Length: 0\r\n\r\n")

    def cancel(self) -> None:
        self._send("CANCEL", f"To: <{self._uri}>\r\nContent-Length: 0\r\n\r\n")

    def _send(self, method: str, rest: str) -> None:
        head = f"{method} {self._uri} SIP/2.0\r\n{self._common}CSeq: {self._sequence} {method}\r\n"
        self._socket.send((head + rest).encode())

    def _credentials(self, user: str, password: str) -> str:
        challenge = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', self._answer))
        secret = _md5(f"{user}:{challenge['realm']}:{password}")
        response = _md5(f"{secret}:{challenge['nonce']}:00000001:c:auth:{_md5(f'INVITE:{self._uri}')}")
        return (
            f'Authorization: Digest username="{user}", realm="{challenge["realm"]}", nonce="{challenge["nonce"]}", '
            f'uri="{self._uri}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c", '
            f'opaque="{challenge.get("opaque", "")}"\r\n'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _request(server: AsteriskServer, method: str, path: str, body: object = None) -> bytes:
    credentials = b64encode(f"{ARI_USER}:{server.settings.ari_password}".encode()).decode()
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.ari_url}/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.read()


def _ari(server: AsteriskServer, path: str) -> list[dict[str, Any]]:
    return json.loads(_request(server, "GET", path))


def _push(server: AsteriskServer, path: str, **fields: str) -> None:
    listed = [{"attribute": key, "value": value} for key, value in fields.items()]
    _request(server, "PUT", f"asterisk/config/dynamic/{path}", {"fields": listed})


def _stop(process: "Popen[bytes]") -> None:
    process.terminate()
    process.wait(10)
