"""Logs of children: plain files that the child appends to and the supervisor rotates by copying and cutting."""

import shutil
from io import BufferedWriter
from pathlib import Path

_LARGEST = 20 << 20
_KEPT = 3


class LogFile:
    """One log. The child holds the file open, so rotation never replaces it; lines of that instant may be lost."""

    def __init__(self, path: Path, *, largest: int = _LARGEST) -> None:
        self.path = path
        self._largest = largest

    def open(self) -> BufferedWriter:
        """For appending, which is what keeps writes right after the file was cut."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.path.open("ab")

    def rotate(self) -> None:
        """Move the content to .1 (and .1 to .2 …) when the file is larger than it should be."""
        try:
            if self.path.stat().st_size <= self._largest:
                return
        except FileNotFoundError:
            return
        for number in range(_KEPT, 1, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.rename(self._numbered(number))
        shutil.copyfile(self.path, self._numbered(1))
        with self.path.open("r+b") as file:
            file.truncate(0)

    def tail(self, characters: int = 600) -> str:
        """The end of the log, for messages."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, self.path.stat().st_size - characters))
                return file.read().decode(errors="replace").strip() or "(nothing)"
        except FileNotFoundError:
            return "(nothing)"

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
