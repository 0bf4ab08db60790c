"""The private root: what is not Debian's, or was changed, is refused."""

import hashlib
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tongdai.platform.embedded import apt_root
from tongdai.platform.embedded.apt_root import Archive, PackageSet, ensure_root
from tongdai.platform.embedded.apt_sources import KEYRING, AptSource, host_source
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.process import free_port

TINY = PackageSet("tiny", ("zlib1g",))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[Path, AptSource]]:
    """A folder that is served as a mirror, and how to use it with Debian's keys."""
    folder = tmp_path / "mirror"
    (folder / "dists/sid").mkdir(parents=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, AptSource(f"http://127.0.0.1:{server.server_port}", "sid", KEYRING)
    server.shutdown()
    server.server_close()


def test_a_changed_list_is_refused(tmp_path: Path, mirror: tuple[Path, AptSource]) -> None:
    folder, source = mirror
    with urllib.request.urlopen(f"{host_source().uri}/dists/sid/InRelease", timeout=60) as answer:
        genuine = answer.read()
    changed = genuine.replace(b"Suite: unstable", b"Suite: unstabl3", 1)
    assert changed != genuine
    (folder / "dists/sid/InRelease").write_bytes(changed)
    with pytest.raises(SetupError, match="do not carry Debian's signature and were refused"):
        ensure_root(TINY, print, cache=tmp_path / "cache", source=source)


def test_an_unsigned_list_is_refused(tmp_path: Path, mirror: tuple[Path, AptSource]) -> None:
    folder, source = mirror
    (folder / "dists/sid/Release").write_text(
        "Origin: Debian\nSuite: unstable\nCodename: sid\nComponents: main\n"
    )
    with pytest.raises(SetupError, match="do not carry Debian's signature and were refused"):
        ensure_root(TINY, print, cache=tmp_path / "cache", source=source)
    assert not list((tmp_path / "cache/roots").glob("*")) if (tmp_path / "cache/roots").exists() else True


def test_an_unreachable_mirror_is_told_with_the_mend(tmp_path: Path) -> None:
    source = AptSource(f"http://127.0.0.1:{free_port()}/debian", "sid", KEYRING)
    with pytest.raises(SetupError, match=r"could not be used: check the network.*TONGDAI_DEBIAN_MIRROR"):
        ensure_root(TINY, print, cache=tmp_path / "cache", source=source)


def test_a_package_changed_after_its_download_is_refused(tmp_path: Path) -> None:
    content = tmp_path / "content"
    (content / "DEBIAN").mkdir(parents=True)
    (content / "DEBIAN/control").write_text(
        "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
    )
    (content / "usr").mkdir()
    (content / "usr/file").write_text("genuine")
    file = tmp_path / "tiny_1_all.deb"
    subprocess.run(
        ["dpkg-deb", "--build", "--root-owner-group", content, file], check=True, capture_output=True
    )
    archive = Archive("tiny", file.name, file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
    target = tmp_path / "root"
    target.mkdir()
    unpack = apt_root._unpack  # pyright: ignore[reportPrivateUsage]
    unpack([archive], tmp_path, target)
    assert (target / "usr/file").read_text() == "genuine"
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)
    with pytest.raises(SetupError, match="was changed after its download and was refused"):
        unpack([archive], tmp_path, target)


def test_a_version_that_is_not_accepted_is_named() -> None:
    wanted = PackageSet("telephony", ("asterisk",), accepted={"asterisk": r"22\."})
    offered = [Archive("asterisk", "asterisk_1%3a23.1.0-1_amd64.deb", 1, "0" * 64)]
    with pytest.raises(
        SetupError, match=r"offers asterisk 23\.1\.0-1, which this release .* does not accept"
    ):
        apt_root._require_accepted(wanted, offered)  # pyright: ignore[reportPrivateUsage]


def test_the_mirror_of_the_host_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGDAI_DEBIAN_MIRROR", raising=False)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/a.sources").write_text(
        "Types: deb\nURIs: http://security.debian.org/debian-security\nSuites: bookworm-security\n"
    )
    (tmp_path / "sources.list.d/b.list").write_text(
        "deb [arch=amd64] https://mirror.example/debian bookworm main\n"
    )
    assert host_source(tmp_path).uri == "https://mirror.example/debian"
    monkeypatch.setenv("TONGDAI_DEBIAN_MIRROR", "https://other.example/debian/")
    assert host_source(tmp_path).uri == "https://other.example/debian"


def test_a_host_without_a_mirror_is_told_the_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGDAI_DEBIAN_MIRROR", raising=False)
    with pytest.raises(SetupError, match="set TONGDAI_DEBIAN_MIRROR"):
        host_source(tmp_path)
