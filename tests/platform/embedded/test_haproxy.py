"""The edge, with a real haproxy: what it lets through, and that a request waits while the app is away."""

import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.platform.embedded.waiting import wait_for

from tongdai.platform.embedded.certificates import own_certificate
from tongdai.platform.embedded.errors import PortTakenError
from tongdai.platform.embedded.haproxy import LARGEST_BODY, EdgeServer, EdgeSettings, find_program
from tongdai.platform.embedded.process import free_port, spawn

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nServer: secret/1.0\r\n\r\nok"


class App:
    """A server on an inherited socket, which can be away. It keeps the heads of the requests that it got."""

    def __init__(self, listener: socket.socket, *, drops: int = 0) -> None:
        self.heads: list[str] = []
        self._drops = drops
        self._listener = listener
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.heads.append(connection.recv(65536).decode(errors="replace"))
                if len(self.heads) > self._drops:
                    connection.sendall(ANSWER)


@pytest.fixture(scope="module")
def program() -> tuple[str, ...]:
    return find_program(print)


@pytest.fixture
def edge(program: tuple[str, ...], tmp_path: Path) -> Iterator[EdgeServer]:
    settings = EdgeSettings("127.0.0.1", free_port(), ("127.0.0.1", free_port()))
    yield from _running(EdgeServer(tmp_path, program, settings))


def _running(server: EdgeServer) -> Iterator[EdgeServer]:
    server.prepare()
    process = spawn(server.command())
    try:
        wait_for(lambda: server.ready(process.pid), "the edge")
        yield server
    finally:
        process.kill()
        process.wait()
        server.close()


def _url(edge: EdgeServer, path: str = "/") -> str:
    return f"http://127.0.0.1:{edge.settings.port}{path}"


def test_a_request_waits_while_the_app_is_away(edge: EdgeServer) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.post, _url(edge), timeout=20)
        # The edge has connected: the request stands in the socket's queue, and nobody has taken it.
        wait_for(lambda: _queued(edge), "the waiting request")
        assert not waiting.done()
        App(edge.app)
        assert waiting.result().text == "ok"


def _queued(edge: EdgeServer) -> bool:
    lines = Path("/proc/net/unix").read_text().splitlines()
    return sum(line.endswith(f" {edge.app_socket}") for line in lines) > 1


def test_a_get_that_the_dying_app_dropped_is_sent_again_but_a_post_is_not(edge: EdgeServer) -> None:
    app = App(edge.app, drops=2)
    assert httpx.get(_url(edge), timeout=20).status_code == 200
    assert len(app.heads) == 3
    app._drops = 4  # pyright: ignore[reportPrivateUsage]
    assert httpx.post(_url(edge), timeout=20).status_code == 502
    assert len(app.heads) == 4


def test_ari_has_no_way_through(edge: EdgeServer) -> None:
    """Asterisk's side would take any connection: it must get one only for the WebSocket, and only as /ws."""
    app = App(edge.app)
    with socket.create_server(edge.settings.sip_websocket) as listener:
        asterisk = App(listener)
        for path in (
            "/ari/channels",
            "/ari",
            "/ws",
            "/sip/",
            "/sip/../ari/channels",
            "//ari",
            "/%61ri/channels",
        ):
            assert httpx.get(_url(edge, path)).status_code == 200
        assert httpx.get(_url(edge, "/sip")).status_code == 400
        assert asterisk.heads == []
        assert len(app.heads) == 7
        headers = {**UPGRADE, "Authorization": "Basic eDp5", "Cookie": "a=b"}
        httpx.get(_url(edge, "/sip?api_key=x:y&app=z"), headers=headers)
        (head,) = asterisk.heads
        assert head.startswith("GET /ws HTTP/1.1\r\n")
        assert "authorization" not in head.lower()
        assert "cookie" not in head.lower()


def test_the_client_cannot_lie_about_its_address_and_sees_safe_headers(edge: EdgeServer) -> None:
    app = App(edge.app)
    answer = httpx.get(_url(edge), headers={"X-Forwarded-For": "203.0.113.5", "Forwarded": "for=203.0.113.5"})
    assert "203.0.113.5" not in app.heads[0]
    assert "x-forwarded-for: 127.0.0.1\r\n" in app.heads[0].lower()
    assert "x-forwarded-proto: http\r\n" in app.heads[0].lower()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


def test_a_body_that_is_too_large_is_refused_by_its_head(edge: EdgeServer) -> None:
    app = App(edge.app)
    with socket.create_connection(("127.0.0.1", edge.settings.port), 10) as connection:
        connection.sendall(
            f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {LARGEST_BODY + 1}\r\n\r\n".encode()
        )
        assert b" 413 " in connection.recv(100)
    assert app.heads == []


def test_a_taken_port_is_named(edge: EdgeServer, program: tuple[str, ...], tmp_path: Path) -> None:
    port = edge.settings.port
    with pytest.raises(PortTakenError, match=rf"Port {port} \(HTTP\) is taken.*--http-port"):
        EdgeServer(tmp_path / "other", program, edge.settings)


def test_https_with_our_own_authority(program: tuple[str, ...], tmp_path: Path) -> None:
    bundle = own_certificate(tmp_path / "tls", "127.0.0.1", datetime.now(UTC))
    settings = EdgeSettings("127.0.0.1", free_port(), ("127.0.0.1", free_port()))
    settings = replace(settings, certificate=bundle)
    for server in _running(EdgeServer(tmp_path / "edge", program, settings)):
        App(server.app)
        trust = ssl.create_default_context(cafile=str(tmp_path / "tls/ca.pem"))
        for host in ("127.0.0.1", "localhost"):
            answer = httpx.get(f"https://{host}:{settings.port}/", verify=trust)
            assert answer.text == "ok"
    assert (
        own_certificate(tmp_path / "tls", "127.0.0.1", datetime.now(UTC)).read_bytes() == bundle.read_bytes()
    )
