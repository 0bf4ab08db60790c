"""The Asterisk that Tongdai starts itself: found on PATH if its capabilities fit, else from a private root."""

import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from tongdai.platform.embedded.apt_root import TELEPHONY, PrivateRoot, Progress, ensure_root
from tongdai.platform.embedded.asterisk_config import (
    ARI_USER,
    IDENTITY_VARIABLE,
    SIP_AUTHORITIES,
    SIP_CERTIFICATE,
    AsteriskPaths,
    AsteriskSettings,
    render,
)
from tongdai.platform.embedded.asterisk_modules import OPTIONAL, REQUIRED
from tongdai.platform.embedded.certificates import given_certificate, own_certificate
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.listening import listens
from tongdai.platform.embedded.process import (
    Command,
    SystemUser,
    free_port,
    grant,
    hand_over,
    home_for,
    own_user,
    private_directory,
    reachable,
    require_free_port,
    socket_directory,
    spawn,
)

SERVICE_USER = "tongdai"
"""The system user of Asterisk and the edge when we are root."""

SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
_SYSTEM_MODULES = tuple(
    f"/usr/{folder}/asterisk/modules" for folder in ("lib/*", "lib", "lib64", "local/lib")
)
_SYSTEM_DATA = ("/usr/share/asterisk", "/usr/local/share/asterisk", "/var/lib/asterisk")


@dataclass(frozen=True, slots=True)
class Installation:
    """Programs of one Asterisk: how to run it and what it brings."""

    program: tuple[str, ...]
    modules: Path
    data: Path
    origin: str

    @property
    def available(self) -> frozenset[str]:
        return frozenset(path.stem for path in self.modules.glob("*.so"))

    def shortcomings(self) -> list[str]:
        """What this installation lacks that Tongdai needs; empty when it fits. Probed, not guessed by version."""
        lacking = [f"the module {name}" for name in REQUIRED if name not in self.available]
        if not lacking and b"RESTRequest" not in (self.modules / "res_ari.so").read_bytes():
            lacking.append("REST over the ARI WebSocket (Asterisk 20.14, 22.4 or newer)")
        if not (self.data / "moh").is_dir():
            lacking.append(f"music on hold in {self.data}/moh")
        return lacking


def find_installation(progress: Progress) -> Installation:
    """The fitting Asterisk on PATH, else the one of the private root (fetched if need be)."""
    on_path = system_installation()
    if on_path is not None:
        lacking = on_path.shortcomings()
        user = own_user(SERVICE_USER)
        if not lacking and reachable(Path(on_path.program[0]), user):
            return on_path
        progress(f"Asterisk at {on_path.program[0]} is passed over: it lacks {', '.join(lacking[:3])}")
    return private_installation(ensure_root(TELEPHONY, progress))


def system_installation() -> Installation | None:
    """The `asterisk` on PATH, whether it fits or not."""
    program = shutil.which("asterisk", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    modules = [path for pattern in _SYSTEM_MODULES for path in Path("/").glob(pattern[1:])]
    if program is None or not modules:
        return None
    data = next(
        (Path(path) for path in _SYSTEM_DATA if (Path(path) / "sounds").is_dir()), Path(_SYSTEM_DATA[0])
    )
    return Installation((program,), modules[0], data, "PATH")


def private_installation(root: PrivateRoot) -> Installation:
    """The Asterisk within a private root."""
    data = root.path / "usr/share/asterisk"
    return Installation(
        root.program("usr/sbin/asterisk"), root.libraries / "asterisk/modules", data, "private root"
    )


class AsteriskServer:
    """One instance in one directory: `prepare` → `command` (run it) → `ready` until it is."""

    def __init__(
        self,
        directory: Path,
        installation: Installation,
        settings: AsteriskSettings,
        app_user: SystemUser | None = None,
    ) -> None:
        """`app_user` is whom the app runs as when that is neither root nor we: it takes recordings and brings prompts."""
        self.user = own_user(SERVICE_USER)
        self._app_user = app_user
        self.settings = settings
        self._installation = installation
        self._tls = directory / "tls"
        home = home_for(directory, self.user)
        run = socket_directory(home, self.user, "asterisk.ctl")
        self.paths = AsteriskPaths(installation.modules, installation.data, home, run)

    def prepare(self) -> None:
        """Write the configuration and make the directories. Raises PortTakenError while others hold our ports."""
        settings = self.settings
        self.require_ports()
        paths = self.paths
        private_directory(paths.home, self.user)
        for name in ("etc", "lib", "keys/keys", "spool/recording", "spool/tmp", "log", "agi"):
            folder = paths.home
            for part in name.split("/"):
                folder = private_directory(folder / part, self.user)
        private_directory(paths.run, self.user)
        if self._app_user is None:
            private_directory(paths.home / "sounds", self.user)
        self._share()
        available = self._installation.available
        modules = [name for name in (*REQUIRED, *OPTIONAL) if name in available]
        for name, text in render(settings, paths, modules).items():
            self._write(paths.etc / name, text)
        self._write(paths.etc / SIP_CERTIFICATE, self._certificate().read_text())
        authorities = settings.sip_tls_authorities or SYSTEM_AUTHORITIES
        self._write(paths.etc / SIP_AUTHORITIES, authorities.read_text() if authorities.exists() else "")

    def _certificate(self) -> Path:
        """What is shown to those who speak SIP over TLS with us, with its key."""
        given = self.settings.sip_tls_certificate
        if given is not None:
            return given_certificate(self._tls, *given)
        return own_certificate(self._tls, self.settings.sip_host, datetime.now(UTC))

    def _share(self) -> None:
        """Let the app's user through to the recordings, which it collects, and to the prompts, which it writes."""
        if self._app_user is None:
            return
        passable, writable = 0o710, 0o770
        recording = self.paths.spool / "recording"
        for folder, mode in (
            (self.paths.home, passable),
            (self.paths.spool, passable),
            (recording, writable),
        ):
            grant(folder, mode, gid=self._app_user.gid)
        hand_over(self.paths.home / "sounds", self._app_user, 0o755)
        # What becomes of trunks' registrations is said in the log and at the console alone; new files get the directory's group.
        grant(self.paths.log, 0o2750, gid=self._app_user.gid)
        grant(self.paths.run, 0o2710, gid=self._app_user.gid)

    @property
    def control(self) -> Path:
        """The console's socket."""
        return self.paths.run / "asterisk.ctl"

    def require_ports(self) -> None:
        """Raise PortTakenError while others hold the SIP port."""
        settings = self.settings
        for udp in (True, False):
            require_free_port("SIP", settings.sip_port, "--sip-port", host=settings.sip_host, udp=udp)

    def command(self) -> Command:
        config = str(self.paths.etc / "asterisk.conf")
        argv = [*self._installation.program, "-C", config, "-f", "-n"]
        return Command(argv, self.paths.home, env={"HOME": str(self.paths.home)}, user=self.user, urgent=True)

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.http_port}/ari"

    def ready(self, pid: int) -> bool:
        """Whether it answers ARI, and is ours, and holds the SIP port.

        Asterisk does not exit when its ports are taken, so another one may answer in its place: that raises.
        """
        try:
            identity = self.get(f"asterisk/variable?variable={IDENTITY_VARIABLE}").get("value")
        except urllib.error.HTTPError as error:
            if error.code in (404, 503) and listens(pid, self.settings.http_port, "tcp"):  # still loading
                return False
            raise SetupError(self._stranger()) from error
        except (OSError, ValueError):
            return False
        if identity != self.settings.identity:
            raise SetupError(self._stranger())
        port = self.settings.sip_port
        if not (listens(pid, port, "udp") and listens(pid, port, "tcp")):
            raise SetupError(
                f"Asterisk started but could not open port {port} (SIP): stop the program that uses it, or choose "
                "another port with --sip-port."
            )
        return True

    def get(self, path: str) -> dict[str, object]:
        """One GET on ARI, for readiness and doctor (calls use the WebSocket)."""
        credentials = b64encode(f"{ARI_USER}:{self.settings.ari_password}".encode()).decode()
        request = urllib.request.Request(f"{self.ari_url}/{path}")  # noqa: S310 (always http on loopback)
        request.add_header("Authorization", f"Basic {credentials}")
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return cast("dict[str, object]", json.load(answer))

    def start(self, *, timeout: float = 20) -> "subprocess.Popen[bytes]":
        """Prepare, run, wait until ready: for tests and tools without a supervisor."""
        self.prepare()
        process = spawn(self.command())
        deadline = time.monotonic() + timeout
        try:
            while not self.ready(process.pid):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SetupError(f"Asterisk did not start; its log is {self.paths.log}/asterisk.log.")
                time.sleep(0.02)
        except SetupError:
            process.kill()
            process.wait()
            raise
        return process

    def _write(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)  # root writes here, and a link could lead anywhere
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            if self.user is not None:
                os.fchown(descriptor, self.user.uid, self.user.gid)

    def _stranger(self) -> str:
        return (
            f"Another program answers on port {self.settings.http_port}, which was meant for our Asterisk's ARI: "
            "start again, and another port will be chosen."
        )


def fresh_settings(sip_host: str, sip_port: int, **others: object) -> AsteriskSettings:
    """Settings with a new secret, a new identity and a free ARI port."""
    settings = AsteriskSettings(
        sip_host=sip_host,
        sip_port=sip_port,
        http_port=free_port(),
        ari_password=secrets.token_urlsafe(24),
        identity=secrets.token_hex(16),
    )
    return replace(settings, **cast("Mapping[str, object]", others))  # type: ignore[arg-type]


def version(installation: Installation) -> str:
    """As `asterisk -V` says it, say "22.10.1"."""
    done = subprocess.run([*installation.program, "-V"], capture_output=True, text=True, check=False)
    match = re.search(r"Asterisk (?:certified/)?(\d[\w.]*)", done.stdout)
    return match[1] if match else "unknown"
