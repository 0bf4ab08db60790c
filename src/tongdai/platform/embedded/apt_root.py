"""Programs that the host lacks, unpacked from Debian packages into a private root; nothing of the host changes.

apt resolves and downloads with a private configuration and verifies Debian's signatures as always; each package is
hashed against the signed index once more before it is unpacked. Roots are content-addressed and shared by all demos
of a user. Standard library only: `./run` calls this before the dependencies are installed.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tongdai.platform.embedded.apt_sources import AptSource, host_source, proxies
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.process import require_room

Progress = Callable[[str], None]

_TRIPLETS = {"x86_64": "x86_64-linux-gnu", "aarch64": "aarch64-linux-gnu"}
_LOADERS = {"x86_64": "ld-linux-x86-64.so.2", "aarch64": "ld-linux-aarch64.so.1"}
_LEFT_OUT = (
    "./usr/share/doc",
    "./usr/share/man",
    "./usr/share/locale",
    "./usr/share/lintian",
    "./usr/share/info",
)
_TAR_OPTIONS = (
    *("--no-same-owner", "--no-same-permissions", "--keep-directory-symlink"),
    *(f"--exclude={item}" for item in _LEFT_OUT),
)
_PACKAGE_SCRIPTS = ("adduser", "debconf", "dirmngr", "gnupg", "gpg", "login", "passwd", "perl", "pinentry")
_UNUSED_MODULES = ("libcodec2", "libgpgme", "libicu", "libpci", "libperl", "libsensors", "libsnmp", "pci.ids")
_MEGABYTES_NEEDED = 600
_CONNECTIONS = 3


@dataclass(frozen=True, slots=True)
class PackageSet:
    """What goes into one root: package names, versions that we accept, and dependencies that are never loaded."""

    name: str
    packages: tuple[str, ...]
    accepted: dict[str, str] = field(default_factory=dict[str, str])
    """Package → regular expression that its upstream version must match from its start."""
    needless: tuple[str, ...] = ()
    """Name prefixes of dependencies that serve package scripts or modules that we never load."""

    @property
    def definition(self) -> str:
        """Changes when this definition does, so that a new release of Tongdai does not reuse an old root."""
        text = repr((self.packages, sorted(self.accepted.items()), self.needless))
        return hashlib.sha256(text.encode()).hexdigest()[:10]


TELEPHONY = PackageSet(
    "telephony",
    ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-moh-opsound-wav", "haproxy"),
    accepted={"asterisk": r"22\.", "haproxy": r"[3-9]\."},
    needless=_PACKAGE_SCRIPTS + _UNUSED_MODULES,
)
SIP_TESTER = PackageSet("sip-tester", ("sip-tester",))
NETWORK_LAB = PackageSet("network-lab", ("iproute2", "nftables", "coturn"), needless=_PACKAGE_SCRIPTS)
"""What tests make networks and a relay of."""


@dataclass(frozen=True, slots=True)
class PrivateRoot:
    """An unpacked root; its programs run through its own loader, never with LD_LIBRARY_PATH."""

    path: Path

    @property
    def libraries(self) -> Path:
        return self.path / "usr/lib" / _TRIPLETS[os.uname().machine]

    def program(self, relative: str) -> tuple[str, ...]:
        """The start of an argv that runs `relative` (say "usr/sbin/asterisk") of this root."""
        search = f"{self.libraries}:{self.libraries}/pulseaudio"
        loader = self.libraries / _LOADERS[os.uname().machine]
        return (str(loader), "--library-path", search, str(self.path / relative))


@dataclass(frozen=True, slots=True)
class Archive:
    """One package file as the signed index names it."""

    package: str
    filename: str
    size: int
    sha256: str

    @property
    def version(self) -> str:
        """The upstream version: without epoch and Debian revision."""
        return self.filename.split("_")[1].split("%3a")[-1]


def cache_directory() -> Path:
    """Where roots are kept: TONGDAI_CACHE, else /var/cache/tongdai for root, else the user's cache."""
    if chosen := os.environ.get("TONGDAI_CACHE"):
        return Path(chosen).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/tongdai")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tongdai"


def existing_root(packages: PackageSet, cache: Path | None = None) -> PrivateRoot | None:
    """The root of this set when a former run completed it."""
    pointer = _pointer(packages, cache or cache_directory())
    return PrivateRoot(pointer.resolve()) if (pointer / ".complete").exists() else None


def ensure_root(
    packages: PackageSet,
    progress: Progress,
    *,
    cache: Path | None = None,
    source: AptSource | None = None,
) -> PrivateRoot:
    """The root of this set, downloaded and unpacked if need be. Two callers at once: the second waits.

    Raises SetupError when the mirror cannot be reached, a signature or hash does not fit, or the disk is full.
    """
    cache = cache or cache_directory()
    if root := existing_root(packages, cache):
        return root
    if os.uname().machine not in _TRIPLETS or not all(map(shutil.which, ("apt-get", "dpkg-deb", "tar"))):
        raise SetupError(
            "This system has no apt-get or is neither x86-64 nor ARM64: install Asterisk 22 and haproxy so that both "
            "are on PATH, or run Tongdai on Debian 12 or newer."
        )
    require_room(cache, _MEGABYTES_NEEDED)
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / "lock"):
        if root := existing_root(packages, cache):
            return root
        return _build(packages, progress, cache, _Apt(cache / "apt", source or host_source()))


def _build(packages: PackageSet, progress: Progress, cache: Path, apt: "_Apt") -> PrivateRoot:
    progress(f"Reading the package lists of {apt.source.uri} {apt.source.suite}")
    apt.update()
    archives = [
        item for item in apt.resolve(packages.packages) if not item.package.startswith(packages.needless)
    ]
    _require_accepted(packages, archives)
    identity = hashlib.sha256("".join(sorted(item.sha256 for item in archives)).encode()).hexdigest()[:16]
    roots = cache / "roots"
    roots.mkdir(exist_ok=True)
    for stale in roots.glob(".new-*"):  # of a run that was killed; we hold the lock
        shutil.rmtree(stale, ignore_errors=True)
    target = roots / f"{packages.name}-{identity}"
    if not target.exists():
        total = sum(item.size for item in archives) // 1_000_000
        progress(f"Downloading {len(archives)} packages, {total} MB")
        apt.download(archives)
        progress("Unpacking")
        scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=roots))
        _unpack(archives, apt.archives, scratch)
        sounds = scratch / "usr/share/asterisk/sounds"
        if (sounds / "en_US_f_Allison").is_dir():
            (sounds / "en").symlink_to("en_US_f_Allison")
        scratch.chmod(0o755)
        (scratch / ".complete").write_text("".join(f"{item.filename} {item.sha256}\n" for item in archives))
        scratch.rename(target)
    shutil.rmtree(apt.home, ignore_errors=True)
    pointer = _pointer(packages, cache)
    fresh = pointer.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.name)
    fresh.rename(pointer)
    return PrivateRoot(target)


class _Apt:
    """apt-get with a configuration of its own: own lists, archives and (empty) list of installed packages."""

    def __init__(self, home: Path, source: AptSource) -> None:
        self.home = home
        self.source = source
        self.archives = home / "download"
        for folder in ("lists/partial", "empty/partial", "download", "etc"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "status").touch()
        (home / "etc/private.sources").write_text(source.deb822())
        settings = {
            "Dir::State": home,
            "Dir::State::status": home / "status",
            "Dir::State::lists": home / "lists",
            "Dir::Cache": home,
            "Dir::Cache::archives": home / "empty",
            "Dir::Etc": home / "etc",
            "Dir::Etc::sourcelist": home / "etc/private.sources",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "",
            "APT::Update::Error-Mode": "any",
            "Acquire::Check-Valid-Until": "false",  # mirrors and snapshots may be a little old
            "Acquire::ForceHash": "SHA256",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": "20",
            "Acquire::https::Timeout": "20",
            "Debug::NoLocking": "true",
            **proxies(),
        }
        self._config = home / "apt.conf"
        self._config.write_text("".join(f'{key} "{value}";\n' for key, value in settings.items()))

    def update(self) -> None:
        self._get("update")

    def resolve(self, names: Sequence[str]) -> list[Archive]:
        """The whole closure, from an empty system up."""
        lines = self._get("install", "--yes", "--print-uris", *names).splitlines()
        matches = (re.fullmatch(r"'\S+' (\S+) (\d+) SHA256:([0-9a-f]{64})", line.strip()) for line in lines)
        return [Archive(m[1].split("_")[0], m[1], int(m[2]), m[3]) for m in matches if m]

    def download(self, archives: Sequence[Archive]) -> None:
        """Fetch what is missing over a few connections at once."""
        missing = [item for item in archives if not _matches(self.archives / item.filename, item)]
        shares: list[list[str]] = [[] for _ in range(_CONNECTIONS)]
        weights = [0] * _CONNECTIONS
        for item in sorted(missing, key=lambda item: -item.size):
            lightest = weights.index(min(weights))
            shares[lightest].append(item.package)
            weights[lightest] += item.size
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            for finished in [pool.submit(self._get, "download", *share) for share in shares if share]:
                finished.result()

    def _get(self, *arguments: str) -> str:
        environment = {
            "APT_CONFIG": str(self._config),
            "LC_ALL": "C.UTF-8",
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }
        done = subprocess.run(
            ["/usr/bin/apt-get", "-q", *arguments],
            cwd=self.archives,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout
        raise SetupError(self._explain(done.stderr))

    def _explain(self, output: str) -> str:
        said = " ".join(line for line in output.splitlines() if line.startswith(("E:", "Err", "W:")))[:400]
        if re.search(r"NO_PUBKEY|BADSIG|EXPKEYSIG|invalid signature|is not signed|GPG error|NOSPLIT", output):
            return (
                f"The package lists of {self.source.uri} do not carry Debian's signature and were refused: "
                f"choose a trustworthy mirror with TONGDAI_DEBIAN_MIRROR. apt said: {said}"
            )
        if re.search(r"Hash Sum mismatch|unexpected size", output):
            return (
                f"A package from {self.source.uri} differs from the signed list and was refused: try again in some "
                f"minutes, or choose another mirror with TONGDAI_DEBIAN_MIRROR. apt said: {said}"
            )
        if re.search(r"No space left", output):
            return f"The disk of {self.home} is full: free some room, or set TONGDAI_CACHE to another place."
        return (
            f"The package mirror {self.source.uri} could not be used: check the network, or choose another mirror "
            f"with TONGDAI_DEBIAN_MIRROR. apt said: {said}"
        )


def _require_accepted(packages: PackageSet, archives: Sequence[Archive]) -> None:
    found = {item.package: item.version for item in archives}
    for name, pattern in packages.accepted.items():
        if not re.match(pattern, found.get(name, "")):
            raise SetupError(
                f"The mirror offers {name} {found.get(name, 'in no version')}, which this release of Tongdai does not "
                f"accept (wanted: {pattern}): put a fitting {name} on PATH, or set TONGDAI_DEBIAN_SUITE to another suite."
            )


def _matches(path: Path, archive: Archive) -> bool:
    if not path.exists() or path.stat().st_size != archive.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == archive.sha256


def _unpack(archives: Sequence[Archive], folder: Path, target: Path) -> None:
    def unpack(archive: Archive) -> None:
        path = folder / archive.filename
        if not _matches(path, archive):
            raise SetupError(
                f"The package {path} was changed after its download and was refused: start again."
            )
        with subprocess.Popen(
            ["/usr/bin/dpkg-deb", "--fsys-tarfile", str(path)], stdout=subprocess.PIPE
        ) as reader:
            done = subprocess.run(
                ["/usr/bin/tar", "-x", "-C", str(target), *_TAR_OPTIONS],
                stdin=reader.stdout,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode or reader.returncode:
            raise SetupError(
                f"{path.name} could not be unpacked (is the disk full?): {done.stderr.strip()[:300]}"
            )

    # Packages whose folders others reach through a link (usr-merge) come first, alone.
    first = [item for item in archives if item.package in {"base-files", "libc6"}]
    for item in first:
        unpack(item)
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(unpack, [item for item in archives if item not in first]))


def _pointer(packages: PackageSet, cache: Path) -> Path:
    return cache / "roots" / f"{packages.name}.{packages.definition}"


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(names: Sequence[str]) -> int:
    """`python -m tongdai.platform.embedded.apt_root telephony`: fetch ahead; the exit code tells."""
    known = {item.name: item for item in (TELEPHONY, SIP_TESTER, NETWORK_LAB)}
    try:
        for name in names:
            ensure_root(known[name], lambda line: print(line, flush=True))  # noqa: T201
    except SetupError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
