"""The archive: a zip of the tables' rows (compressed), the files (as they are), and last a manifest with the sums of all.

A zip keeps its directory at the end, as we do the manifest: a file that was cut short is told at once. The manifest names
every member; what it does not name, names twice, or gives another length or sum, makes the whole archive unusable.
"""

import hashlib
import os
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from tongdai.platform.backup.errors import ArchiveDamaged, ArchiveExists, ArchiveForeign, ArchiveNewer
from tongdai.platform.files import OutsideTheStore, inside

FORMAT = "tongdai-backup"
VERSION = 1
MANIFEST = "manifest.json"
CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 30
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)

Count = Annotated[int, Field(ge=0)]
Sum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Member(_Frozen):
    """One member's length in bytes and SHA-256, both before compression."""

    size: Count
    sha256: Sum


class Table(Member):
    """The rows of one table in COPY's text format, with the columns in their order."""

    columns: list[Name]
    rows: Count


class Manifest(_Frozen):
    """What an archive holds. `revision` is the schema's, `partitions` the months of the event log."""

    format: Literal["tongdai-backup"]
    version: Count
    made_at: str
    program: str
    revision: Annotated[str, Field(pattern=r"^[0-9a-z_]{1,40}$")]
    partitions: list[Annotated[str, Field(pattern=r"^event_log_[0-9]{4}_(0[1-9]|1[0-2])$")]]
    tables: dict[Name, Table]
    files: dict[str, Member]
    settings: dict[str, JsonValue]
    """What differs from the defaults, without secrets: for the person who restores, never applied by itself."""
    demo: dict[str, JsonValue] | None = None
    """What demo.json tells, passwords included: a demo could not start again without."""

    def members(self) -> Iterator[tuple[str, Member]]:
        """Name in the zip → what it must be."""
        for name, table in self.tables.items():
            yield table_member(name), table
        for name, file in self.files.items():
            yield file_member(name), file

    @property
    def size(self) -> int:
        return sum(member.size for _, member in self.members())


def table_member(name: str) -> str:
    return f"database/{name}"


def file_member(name: str) -> str:
    return f"files/{name}"


class ArchiveWriter:
    """Writes an archive; it gets its name when it is complete, and only its owner may read it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive

    @classmethod
    @contextmanager
    def create(cls, path: Path) -> "Generator[ArchiveWriter]":
        """Raises ArchiveExists. What was begun and failed is removed."""
        if path.exists():
            raise ArchiveExists(str(path))
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                with zipfile.ZipFile(file, "w", allowZip64=True) as archive:
                    yield cls(archive)
                file.flush()
                os.fsync(file.fileno())
            os.link(partial, path)  # unlike a rename, this never replaces a file that came in the meantime
        except FileExistsError as error:
            raise ArchiveExists(str(path)) from error
        finally:
            partial.unlink(missing_ok=True)

    def add(self, name: str, chunks: Iterable[bytes | memoryview], *, compress: bool) -> Member:
        """Write one member; its length and sum."""
        info = zipfile.ZipInfo(name, _FIXED_DATE)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as output:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                output.write(chunk)
        return Member(size=size, sha256=digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """The manifest is the last member."""
        self.add(MANIFEST, [manifest.model_dump_json(indent=1).encode()], compress=True)


class ArchiveReader:
    """An archive whose manifest was read and whose list of members fits it. `verify` reads it all."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip = archive
        self.manifest = manifest

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> "Generator[ArchiveReader]":
        """Raises ArchiveForeign, ArchiveNewer or ArchiveDamaged."""
        try:
            file = path.open("rb")
        except OSError as error:
            raise ArchiveForeign(f"{path}: {error.strerror}") from error
        with file:
            if file.read(2) != b"PK":
                raise ArchiveForeign(str(path))
            try:
                archive = zipfile.ZipFile(file)
            except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
                raise ArchiveDamaged(str(path)) from error
            with archive:
                yield cls(archive, _manifest(archive, path))

    def verify(self) -> None:
        """Read every member and compare length and sum. Raises ArchiveDamaged that names the first that differs."""
        for name, _ in self.manifest.members():
            for _ in self.read(name):
                pass

    def read(self, name: str) -> Iterator[bytes]:
        """A member's content in pieces. Raises ArchiveDamaged at its end when it is not what the manifest says, and never
        gives more than that (so that a small bomb does not fill the disk)."""
        wanted = dict(self.manifest.members())[name]
        digest, left = hashlib.sha256(), wanted.size
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(min(CHUNK, left + 1)):
                    left -= len(chunk)
                    if left < 0:
                        raise ArchiveDamaged(f"{name} is longer than it should be")
                    digest.update(chunk)
                    yield chunk
        except (
            zipfile.BadZipFile,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise ArchiveDamaged(name) from error
        except zipfile.zlib.error as error:  # type: ignore[attr-defined]
            raise ArchiveDamaged(name) from error
        if left or digest.hexdigest() != wanted.sha256:
            raise ArchiveDamaged(f"{name} differs from its checksum")


def _manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    names = [info.filename for info in archive.infolist()]
    if MANIFEST not in names:
        raise ArchiveForeign(f"{path} has no {MANIFEST}")
    try:
        with archive.open(MANIFEST) as member:
            text = _at_most(member, _LARGEST_MANIFEST)
        version = _Version.model_validate_json(text)
        if version.version > VERSION:
            raise ArchiveNewer(f"format {version.version}, made by {version.program}")
        manifest = Manifest.model_validate_json(text)
    except (ValidationError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
        raise ArchiveForeign(f"{path}: its {MANIFEST} cannot be read") from error
    expected = {MANIFEST, *(name for name, _ in manifest.members())}
    if len(names) != len(set(names)) or set(names) != expected:
        odd = sorted(set(names) ^ expected) or ["a name that is there twice"]
        raise ArchiveDamaged(f"its list of contents is wrong: {odd[0]!r}")
    for name in manifest.files:
        try:
            inside(Path("/store"), name)
        except OutsideTheStore as error:
            raise ArchiveDamaged(f"the file name {name!r} leads outside") from error
    return manifest


class _Version(BaseModel):
    """Read before the rest, which another version may have changed."""

    format: Literal["tongdai-backup"]
    version: int
    program: str = "an unknown version"


def _at_most(member: IO[bytes], limit: int) -> bytes:
    text = member.read(limit + 1)
    if len(text) > limit:
        raise ArchiveDamaged(f"{MANIFEST} is too large")
    return text
