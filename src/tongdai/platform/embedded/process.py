"""Child processes that never outlive their parent, and the system users that they run as."""

import contextlib
import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tongdai.platform.embedded.errors import DiskFullError, PortTakenError, SetupError

STATE_ROOT = Path("/var/lib/tongdai")
"""Where data of root's servers goes when their own user cannot reach the chosen directory."""

_PR_SET_PDEATHSIG = 1
_LONGEST_SOCKET_PATH = 107
_URGENT_NICE = -10
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class SystemUser:
    """The account a child runs as; `None` in its place means "as we do"."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Command:
    """One program to run: what, as whom, with which environment, and how it is asked to stop."""

    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    user: SystemUser | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    """Sent by the kernel when the parent dies, even by kill -9."""
    pass_fds: tuple[int, ...] = ()
    """Sockets that the supervisor holds open, so that connections wait while the child restarts."""
    urgent: bool = False
    """People listen to it: on a busy machine it runs before what can wait a moment. Takes root's rights; without, like all."""


def own_user(name: str) -> SystemUser | None:
    """The system user for a server when we are root (made on first use), else None.

    PostgreSQL refuses root, and nothing that talks to the network should be root.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        _add_user(name)
        entry = pwd.getpwnam(name)
    return SystemUser(name, entry.pw_uid, entry.pw_gid)


def _add_user(name: str) -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise SetupError(
            f"The system user {name} is missing and there is no useradd: install the package passwd, "
            "or run Tongdai as an ordinary user."
        )
    argv = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(STATE_ROOT)]
    argv += ["--shell", "/usr/sbin/nologin", name]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 9):  # 9: another demo made it in the same moment
        raise SetupError(f"The system user {name} could not be made: {done.stderr.strip()}")


def reachable(path: Path, user: SystemUser | None) -> bool:
    """Whether `user` may enter every existing directory from / down to `path` (None: we ourselves)."""
    if user is None:
        return True
    for folder in (path, *path.parents):
        try:
            info = folder.stat()
        except FileNotFoundError:
            continue
        if info.st_uid == user.uid:
            needed = stat.S_IXUSR
        elif info.st_gid == user.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if stat.S_ISDIR(info.st_mode) and not info.st_mode & needed:
            return False
    return True


def home_for(directory: Path, user: SystemUser | None) -> Path:
    """`directory`, or when `user` cannot reach it (say, below /root) a place in STATE_ROOT, always the same."""
    directory = directory.absolute()
    if reachable(directory, user):
        return directory
    return STATE_ROOT / f"{directory.parent.name}-{directory.name}-{_digest(directory)}"


def socket_directory(home: Path, user: SystemUser | None, longest_name: str) -> Path:
    """`home`/socket, unless the kernel's limit on socket paths forbids it: then a private short one."""
    wanted = home / "socket"
    if len(os.fsencode(wanted / longest_name)) <= _LONGEST_SOCKET_PATH:
        return wanted
    owner = user.uid if user else os.getuid()
    short = Path(tempfile.gettempdir()) / f"tongdai-{owner}-{_digest(home)}"
    if short.is_symlink() or (short.exists() and short.stat().st_uid not in (owner, os.geteuid())):
        raise SetupError(f"{short} belongs to somebody else: remove it, or choose a shorter --data DIR.")
    return short


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def private_directory(path: Path, user: SystemUser | None = None, mode: int = 0o700) -> Path:
    """Make `path` (parents too) with exactly this mode and owner."""
    path.mkdir(parents=True, exist_ok=True)
    grant(path, mode, *((user.uid, user.gid) if user is not None else (-1, -1)))
    return path


def grant(directory: Path, mode: int, uid: int = -1, gid: int = -1) -> None:
    """Set mode and owner (-1: leave it). Never through a link: what is within a server's directory its user may have
    put there, and it is root who does this.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise SetupError(f"{directory} is no directory of its own ({error.strerror}): remove it.") from error
    try:
        os.fchown(descriptor, uid, gid)
        os.fchmod(descriptor, mode)
    finally:
        os.close(descriptor)


def hand_over(path: Path, user: SystemUser | None, mode: int = 0o700) -> Path:
    """Like private_directory, and what is in it goes to `user` too, where it belongs to another (looked at only if the
    directory itself does: there may be very many files)."""
    strange = user is not None and path.exists() and path.stat().st_uid != user.uid
    private_directory(path, user, mode)
    if user is not None and strange:
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(os.path.join(folder, name), user.uid, user.gid, follow_symlinks=False)
    return path


def spawn(command: Command, *, log: int | None = None) -> subprocess.Popen[bytes]:
    """Start a child that dies with its parent, in its own session (Ctrl-C reaches only the supervisor).

    Call it from the main thread: the kernel counts the death of the *thread* that forked.
    """
    output = subprocess.DEVNULL if log is None else log
    user = command.user
    process = subprocess.Popen(
        list(command.argv),
        cwd=command.cwd,
        env=_environment(command.env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output if log is None else subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with(os.getpid(), command.death_signal),
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        pass_fds=command.pass_fds,
        umask=0o022,  # what one server writes, another may have to read
    )
    if command.urgent:
        _prefer(process.pid)
    return process


def _prefer(pid: int) -> None:
    """Each session competes as one group ("autogroup"): there, a process's own niceness counts only among its kin."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, _URGENT_NICE)
        Path(f"/proc/{pid}/autogroup").write_text(str(_URGENT_NICE))


def die_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    """What a fresh child runs before exec: ask the kernel for `death_signal` when the parent goes."""

    def arm() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the request was in place
            os._exit(1)

    return arm


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LD_", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC", **extra}


def require_room(path: Path, mebibytes: int) -> None:
    """Refuse to start writing to a nearly full file system."""
    folder = path
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free >> 20
    if free < mebibytes:
        raise DiskFullError(
            f"The disk of {folder} is full ({free} MB free, {mebibytes} MB needed): free some room, "
            "or choose another place with --data DIR."
        )


def require_free_port(
    what: str, port: int, option: str, *, host: str = "127.0.0.1", udp: bool = False
) -> None:
    """Raise PortTakenError when nobody can bind `port` at `host`."""
    kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if not udp:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise SetupError(
                f"Port {port} ({what}) needs root: choose a port from 1024 up with {option}."
            ) from error
        except OSError as error:
            raise PortTakenError(what, port, option) from error


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that was free a moment ago, chosen by the kernel."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
