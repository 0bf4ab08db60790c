"""Paths of the file store. Names come from the database and from backups, which may have been tampered with."""

from pathlib import Path, PurePosixPath


class OutsideTheStore(ValueError):
    """A name that leads out of the directory that it is relative to."""


def inside(root: Path, name: str) -> Path:
    """`root`/`name`; raises OutsideTheStore unless it is a plain relative name that stays below `root`, links followed."""
    pure = PurePosixPath(name)
    plain = str(pure) == name and not pure.is_absolute() and pure.parts and ".." not in pure.parts
    if not plain or "\\" in name or "\0" in name:
        raise OutsideTheStore(name)
    path = root / name
    if not path.parent.resolve().is_relative_to(root.resolve()) or path.is_symlink():
        raise OutsideTheStore(name)
    return path
