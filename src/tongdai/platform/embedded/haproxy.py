"""The edge: the one door from outside, in front of the app and of Asterisk's SIP-over-WebSocket.

Both listening sockets, the public one and the app's private one, are opened by the supervisor and inherited: while the
edge or the app restarts, connections wait in the socket's queue instead of being refused. ARI has no way through.
"""

import os
import resource
import shutil
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from tongdai.platform.embedded.apt_root import TELEPHONY, Progress, ensure_root
from tongdai.platform.embedded.asterisk import SERVICE_USER
from tongdai.platform.embedded.errors import PortTakenError, SetupError
from tongdai.platform.embedded.process import (
    Command,
    home_for,
    own_user,
    private_directory,
    reachable,
    socket_directory,
)

LARGEST_BODY = 64 << 20
"""Bytes; above it the edge answers 413 (prompts and imports are the largest uploads)."""

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """Where the edge listens and what it leads to."""

    host: str
    port: int
    sip_websocket: tuple[str, int]
    """Asterisk's HTTP server; of it only /ws is reachable, as /sip."""
    certificate: Path | None = None
    """PEM with certificate chain and key; None: plain HTTP, for loopback only."""
    strict_transport: bool = False
    """Tell browsers to insist on HTTPS (only with a certificate that the world trusts)."""


def find_program(progress: Progress) -> tuple[str, ...]:
    """`haproxy` on PATH, else the one of the private root."""
    program = shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if program is not None and reachable(Path(program), own_user(SERVICE_USER)):
        return (program,)
    return ensure_root(TELEPHONY, progress).program("usr/sbin/haproxy")


class EdgeServer:
    """One haproxy. The sockets stay open from construction to `close`."""

    def __init__(self, directory: Path, program: tuple[str, ...], settings: EdgeSettings) -> None:
        self.user = own_user(SERVICE_USER)
        self.settings = settings
        self._program = program
        self.home = home_for(directory, self.user)
        self._sockets = socket_directory(self.home, self.user, "app.sock.0123456789.tmp")
        self.public = _listen(settings.host, settings.port)
        self.app = self._listen_for_app()

    @property
    def app_socket(self) -> Path:
        """The Unix socket on which the app, and nobody but the edge, is reached."""
        return self._sockets / "app.sock"

    def close(self) -> None:
        self.public.close()
        self.app.close()
        self.app_socket.unlink(missing_ok=True)

    def prepare(self) -> None:
        settings = self.settings
        if settings.certificate is not None:
            readable = self.home / "certificate.pem"  # by the edge's own user
            self._write(readable, settings.certificate.read_bytes())
            settings = replace(settings, certificate=readable)
        text = render(settings, self._sockets, self.public.fileno(), _connections())
        self._write(self.home / "haproxy.cfg", text.encode())

    def command(self) -> Command:
        argv = [*self._program, "-db", "-f", str(self.home / "haproxy.cfg")]
        return Command(argv, self.home, user=self.user, pass_fds=(self.public.fileno(),))

    def ready(self, pid: int) -> bool:
        """Whether it answers on its private health socket (the public one is open before it serves)."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self._sockets / "health"))
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return b" 204 " in connection.recv(64)
            except OSError:
                return False

    def _write(self, path: Path, content: bytes) -> None:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)

    def _listen_for_app(self) -> socket.socket:
        private_directory(self.home, self.user)
        private_directory(self._sockets, self.user)
        self.app_socket.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.app_socket))
        self.app_socket.chmod(0o600)
        if self.user is not None:
            os.chown(self.app_socket, self.user.uid, self.user.gid)
        listener.listen(2048)
        return listener


def render(settings: EdgeSettings, sockets: Path, listener: int, connections: int) -> str:
    """haproxy.cfg."""
    secure = settings.certificate is not None
    tls = f" ssl crt {settings.certificate} alpn h2,http/1.1 ssl-min-ver TLSv1.2" if secure else ""
    host, port = settings.sip_websocket
    strict = ""
    if settings.strict_transport:
        strict = '    http-after-response set-header Strict-Transport-Security "max-age=31536000"\n'
    return f"""global
    maxconn {connections}
    log stdout format raw local0 notice
    tune.maxrewrite 2048
    tune.http.maxhdr 100

defaults
    mode http
    log global
    option dontlognull
    option http-keep-alive
    option splice-auto
    timeout http-request 10s
    timeout http-keep-alive 60s
    timeout client 75s
    timeout client-fin 5s
    timeout connect 250ms
    timeout queue 20s
    timeout server 75s
    timeout tunnel 1h
    # While a server behind us restarts, a request waits: 80 attempts, 250 ms apart. Only what is safe is sent twice.
    retries 80
    retry-on conn-failure empty-response

frontend health
    bind unix@{sockets}/health mode 600
    http-request return status 204

frontend edge
    bind fd@{listener}{tls}
    http-request deny deny_status 413 if {{ req.hdr_val(content-length) gt {LARGEST_BODY} }}
    http-request del-header X-Forwarded-For
    http-request del-header Forwarded
    http-request set-header X-Forwarded-Proto {"https" if secure else "http"}
    option forwardfor
    http-after-response set-header X-Content-Type-Options nosniff
    http-after-response set-header Referrer-Policy same-origin
    http-after-response set-header X-Frame-Options DENY unless {{ res.hdr(Content-Security-Policy) -m found }}
    http-after-response set-header Permissions-Policy "microphone=(self), camera=(self), geolocation=()"
    http-after-response set-header Content-Security-Policy "{_POLICY}" unless {{ res.hdr(Content-Security-Policy) -m found }}
    http-after-response del-header Server
{strict}    use_backend sip if {{ path /sip }}
    default_backend app

backend app
    http-request disable-l7-retry unless METH_GET
    server app unix@{sockets}/app.sock maxconn {max(100, connections // 2 - 50)}

backend sip
    http-request deny deny_status 400 unless {{ req.hdr(Upgrade) -i websocket }} || METH_CONNECT
    http-request set-uri /ws
    http-request del-header Authorization
    http-request del-header Cookie
    server asterisk {host}:{port}
"""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if isinstance(error, PermissionError):
            message = f"Port {port} (HTTP) needs root: choose a port from 1024 up with --http-port."
            raise SetupError(message) from error
        if error.errno == 99:
            message = f"This machine has no address {host}: give --listen one of its own, or 0.0.0.0 for all."
            raise SetupError(message) from error
        raise PortTakenError("HTTP", port, "--http-port") from error
    return listener


def _connections() -> int:
    """As many as the limit on open files allows: two files a connection, a quarter to spare."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 10_000 if hard == resource.RLIM_INFINITY else max(200, min(10_000, (hard - 100) // 3))
