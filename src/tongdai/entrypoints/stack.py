"""The servers of one installation on one machine, composed: what each is told about the others."""

import asyncio
import datetime
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tongdai.entrypoints.stack_options import StackOptions
from tongdai.platform.config import Settings, load_settings, write_settings
from tongdai.platform.embedded.apt_root import Progress
from tongdai.platform.embedded.asterisk import AsteriskServer, find_installation, fresh_settings
from tongdai.platform.embedded.asterisk_config import ARI_USER, TurnServer
from tongdai.platform.embedded.certificates import given_certificate, own_address, own_certificate
from tongdai.platform.embedded.haproxy import EdgeServer, EdgeSettings, find_program
from tongdai.platform.embedded.postgres import DATABASE_USER, PostgresServer
from tongdai.platform.embedded.process import (
    Command,
    SystemUser,
    hand_over,
    own_user,
    private_directory,
    reachable,
    require_free_port,
    require_room,
)
from tongdai.platform.embedded.supervisor import Service

_MEGABYTES_NEEDED = 300
_ANY = ("0.0.0.0", "::")  # noqa: S104
_EMBEDDED = "embedded"
"""Stands for the database's address until the embedded server has one."""


class AppServer:
    """The app as a child, on the socket that the edge holds open for it."""

    def __init__(
        self, edge: EdgeServer, settings_file: Path, options: StackOptions, user: SystemUser | None
    ) -> None:
        self._edge = edge
        self._user = user
        self._settings_file = settings_file
        self._options = options

    def prepare(self) -> None:
        return None

    def command(self, wait: int | None = None) -> Command:
        """`wait`: as a spare, which serves once it gets the word on this descriptor."""
        descriptor = self._edge.app.fileno()
        argv = [sys.executable, "-m", "tongdai.entrypoints.serve", "--fd", str(descriptor)]
        argv += ["--app", self._options.app] + (["--reload"] if self._options.reload else [])
        inherited = (descriptor,)
        if wait is not None:
            argv += ["--wait", str(wait)]
            inherited = (descriptor, wait)
        environment = {"TONGDAI_CONFIG": str(self._settings_file), "PYTHONUNBUFFERED": "1"}
        if self._user is not None:
            home = self._settings_file.parent
            environment |= {"HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "bytecode")}
        # When the supervisor is killed the database goes in the same moment, and there is nothing left to be orderly with.
        # A reloader must still end its own child.
        death = signal.SIGTERM if self._options.reload else signal.SIGKILL
        return Command(
            argv,
            Path.cwd(),
            env=environment,
            user=self._user,
            pass_fds=inherited,
            death_signal=death,
            urgent=True,
        )

    def ready(self, pid: int) -> bool:
        """Whether it answers a request. The socket accepts even while nobody serves it, so only an answer counts."""
        return self._status("/api/v1/health") is not None

    def takes_calls(self) -> bool:
        """Whether it has told Asterisk all phones and lines (or is an app that knows no such question)."""
        return self._status("/api/v1/ready") in (200, 404)

    def _status(self, path: str) -> int | None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(0.5)
            try:
                connection.connect(str(self._edge.app_socket))
                connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
                return int(connection.recv(12).split()[1])
            except (OSError, IndexError, ValueError):
                return None


class Stack:
    """All servers, ready to be supervised. Making it takes the ports and may download what the machine lacks.

    A database (DATABASE_URL) or an Asterisk (`ari_url`) of the installation's own is used instead of the embedded one.
    """

    def __init__(
        self, options: StackOptions, progress: Progress, prepare_database: Callable[[Settings], None]
    ) -> None:
        directory = options.directory.absolute()
        require_room(directory, _MEGABYTES_NEEDED)
        for name in ("run", "log", "files"):
            (directory / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory = directory
        self._options = options
        self.settings_file = directory / "run" / "settings.toml"
        _require_ports(options)
        wanted = load_settings(options.config, defaults={"database_dsn": _EMBEDDED}, data_dir=directory)
        self.postgres = None if _given(wanted) else PostgresServer(directory / "postgres")
        self.asterisk: AsteriskServer | None = None
        self.edge: EdgeServer | None = None
        self.settings = wanted
        self.app_user = _app_user(directory, options)
        hand_over((directory / "files").resolve(), self.app_user)  # it may lead to a larger disk
        if not wanted.ari_url:
            self.asterisk = _asterisk(wanted, options, progress, self.app_user)
        self.edge = _edge(wanted, options, self.asterisk, progress)
        self.settings = self._settings(wanted, options)
        write_settings(self.settings_file, self.settings)
        self._prepare_database = prepare_database
        self._app = AppServer(self.edge, self._settings_of_the_app(), options, self.app_user)

    def services(self) -> list[Service]:
        """In the order of their starts."""
        services: list[Service] = []
        if self.postgres is not None:
            services.append(Service("postgres", self.postgres, once_ready=self._database_up, stop_timeout=30))
        if self.asterisk is not None:
            services.append(Service("asterisk", self.asterisk))
        before = tuple(service.name for service in services)
        spare = None if self._options.reload else self._app.command
        services.append(Service("app", self._app, needs=before, spare=spare))
        if self.edge is not None:
            services.append(Service("edge", self.edge))
        return services

    async def takes_calls(self, patience: float = 15) -> bool:
        """Wait until the app takes calls; False when it does not come to it."""
        deadline = time.monotonic() + patience
        while not await asyncio.to_thread(self._app.takes_calls):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.02)
        return True

    def close(self) -> None:
        """Give the ports back."""
        if self.edge is not None:
            self.edge.close()

    def prepare_given_database(self) -> None:
        """Migrate and fill a database that is not ours to start."""
        if self.postgres is None:
            self._prepare_database(self.settings)

    def _database_up(self) -> None:
        if self.postgres is not None:
            self.postgres.finish()
        self._prepare_database(self.settings)

    def _settings_of_the_app(self) -> Path:
        """Its user may not read ours, which is in a directory of root's."""
        if self.app_user is None:
            return self.settings_file
        file = private_directory(self.directory / "app", self.app_user) / "settings.toml"
        file.unlink(missing_ok=True)
        write_settings(file, self.settings)
        os.chown(file, self.app_user.uid, self.app_user.gid, follow_symlinks=False)
        return file

    def _settings(self, wanted: Settings, options: StackOptions) -> Settings:
        known: dict[str, object] = {
            "public_url": _public_url(options),
            "sip_host": _concrete(options) or own_address() or socket.gethostname(),
            "sip_port": options.sip_port,
        }
        if self.postgres is not None:
            known["database_dsn"] = self.postgres.dsn()
        if self.asterisk is not None:
            if _concrete(options) is not None and wanted.media_address is None:
                known["media_address"] = _concrete(options)
            known |= {
                "ari_url": self.asterisk.ari_url,
                "ari_user": ARI_USER,
                "ari_password": self.asterisk.settings.ari_password,
                "asterisk_control": self.asterisk.control,
                "asterisk_log": self.asterisk.paths.log / "asterisk.log",
                "asterisk_recordings": self.asterisk.paths.spool / "recording",
                "asterisk_sounds": self.asterisk.paths.home / "sounds",
            }
        return wanted.model_copy(update=known)


def _app_user(directory: Path, options: StackOptions) -> SystemUser | None:
    """Whom the app runs as when root starts it: the user of the database, whose socket lets nobody else in. None: as we do,
    because we are not root, because a developer's checkout is reloaded, or because that user cannot get to the program or the
    data (below /root, say); `tongdai doctor` tells.
    """
    user = own_user(DATABASE_USER)
    places = (
        directory,
        Path(sys.executable).resolve(),
        Path(sys.prefix),
        Path(__file__).resolve(),
        Path.cwd(),
    )
    if user is None or options.reload or not all(reachable(place, user) for place in places):
        return None
    return user


def _require_ports(options: StackOptions) -> None:
    """Before anything is downloaded or started."""
    host = options.listen or "127.0.0.1"
    require_free_port("HTTP", options.http_port, "--http-port", host=host)
    for udp in (True, False):
        require_free_port("SIP", options.sip_port, "--sip-port", host=host, udp=udp)


def _given(settings: Settings) -> bool:
    return settings.database_dsn != _EMBEDDED


def _asterisk(
    wanted: Settings, options: StackOptions, progress: Progress, app_user: SystemUser | None
) -> AsteriskServer:
    installation = find_installation(progress)
    turn = None
    if wanted.turn_server is not None:
        turn = TurnServer(wanted.turn_server, wanted.turn_user, wanted.turn_password)
    settings = fresh_settings(
        options.listen or "127.0.0.1",
        options.sip_port,
        rtp_ports=(wanted.rtp_start, wanted.rtp_end),
        external_address=wanted.external_address,
        local_networks=wanted.local_networks,
        stun=wanted.stun_server,
        turn=turn,
        ice_host_candidates=_ice_candidates(wanted, options),
        sip_tls_port=wanted.sip_tls_port,
        sip_tls_certificate=(wanted.tls_certificate, wanted.tls_key)
        if wanted.tls_certificate and wanted.tls_key
        else None,
        sip_tls_authorities=wanted.sip_tls_authorities,
    )
    return AsteriskServer(options.directory / "asterisk", installation, settings, app_user)


def _concrete(options: StackOptions) -> str | None:
    """The one address that is served, or None when all are."""
    return None if options.listen in _ANY else options.listen or "127.0.0.1"


def _ice_candidates(wanted: Settings, options: StackOptions) -> dict[str, str] | None:
    """Behind NAT: browsers outside are told the public address, those inside our own."""
    own = own_address() if options.listen in _ANY else options.listen
    if wanted.external_address is None or own is None:
        return None
    return {own: f"{wanted.external_address},include_local_address"}


def _edge(
    wanted: Settings, options: StackOptions, asterisk: AsteriskServer | None, progress: Progress
) -> EdgeServer:
    certificate = None
    tls = options.directory / "tls"
    if wanted.tls_certificate is not None and wanted.tls_key is not None:
        certificate = given_certificate(tls, wanted.tls_certificate, wanted.tls_key)
    elif options.listen is not None:
        certificate = own_certificate(tls, options.listen, datetime.datetime.now(datetime.UTC))
    if asterisk is not None:
        sip_websocket = ("127.0.0.1", asterisk.settings.http_port)
    else:
        host, _, port = wanted.ari_url.split("/")[2].partition(":")
        sip_websocket = (host, int(port or 8088))
    settings = EdgeSettings(
        options.listen or "127.0.0.1",
        options.http_port,
        sip_websocket,
        certificate,
        strict_transport=wanted.tls_certificate is not None,
    )
    return EdgeServer(options.directory / "edge", find_program(progress), settings)


def _public_url(options: StackOptions) -> str:
    if options.listen is None:
        return f"http://127.0.0.1:{options.http_port}"
    host = (own_address() or socket.gethostname()) if options.listen in _ANY else options.listen
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" if options.http_port == 443 else f"https://{shown}:{options.http_port}"
