"""The file store in a backup: recordings, voicemail and whatever modules keep in `files/`."""

import os
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tongdai.platform.backup.archive import CHUNK, ArchiveReader, ArchiveWriter, Member, file_member
from tongdai.platform.backup.errors import ArchiveDamaged
from tongdai.platform.files import OutsideTheStore, inside


def pack_files(root: Path, archive: ArchiveWriter) -> dict[str, Member]:
    """Every regular file below `root`. Pack the database first: a file is complete before a row names it, so that the
    store as it is later holds all that the snapshot names (but for what retention erased in between)."""
    packed: dict[str, Member] = {}
    for name in _names(root):
        try:
            descriptor = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                packed[name] = archive.add(
                    file_member(name), iter(lambda: file.read(CHUNK), b""), compress=False
                )
    return packed


@contextmanager
def unpack_files(root: Path, archive: ArchiveReader) -> Generator[None]:
    """Lay the archive's files beside those that are there; when the body succeeded, remove the others, else these.

    Names of stored files carry ids, so that two with one name are the same file. Whoever is interrupted leaves files that no
    row names, never a row without its file.
    """
    before = set(_names(root))
    laid: list[Path] = []
    try:
        for name in archive.manifest.files:
            target = _target(root, name)
            if name not in before:
                laid.append(target)
            _write(target, archive.read(file_member(name)))
        yield
    except BaseException:
        for path in laid:
            path.unlink(missing_ok=True)
        _remove_empty(root)
        raise
    for name in before - archive.manifest.files.keys():
        (root / name).unlink(missing_ok=True)
    _remove_empty(root)


def _target(root: Path, name: str) -> Path:
    try:
        return inside(root, name)
    except OutsideTheStore as error:
        raise ArchiveDamaged(f"the file name {name!r} leads outside") from error


def _write(target: Path, chunks: Iterator[bytes]) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.restoring")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(target)
    finally:
        fresh.unlink(missing_ok=True)


def _names(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            path = Path(folder) / name
            if not path.is_symlink():
                yield path.relative_to(root).as_posix()


def _remove_empty(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        if Path(folder) != root and not any(os.scandir(folder)):
            Path(folder).rmdir()
