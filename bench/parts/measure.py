"""Measuring: CPU time of processes from /proc, percentiles, tables in Markdown, and how busy the machine was."""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, all its threads, since it started."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def family_cpu_seconds(pid: int) -> float:
    """The same with its living children and those that have ended (PostgreSQL: one process per connection)."""
    own = _stat(pid)
    if not own:
        return 0.0
    ended = (int(own[13]) + int(own[14])) / TICK
    children = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    living = sum(cpu_seconds(child) for child in children if (stat := _stat(child)) and int(stat[1]) == pid)
    return cpu_seconds(pid) + ended + living


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the command's name; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed; NaN when there is none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * len(ordered) * 1000) // 1000) - 1))]


@dataclass
class Busy:
    """How busy the machine was while something was measured: the share of all cores, and the load average at the end."""

    share: float
    load: float

    def __str__(self) -> str:
        return f"{self.share:.0%}, load {self.load:.1f}"


class MachineClock:
    """Counts how busy the whole machine is between `__init__` and `read`: a benchmark on a full machine says little."""

    def __init__(self) -> None:
        self._at, self._idle = time.monotonic(), _idle()

    def read(self) -> Busy:
        seconds = (time.monotonic() - self._at) * (os.cpu_count() or 1)
        return Busy(1 - (_idle() - self._idle) / seconds, os.getloadavg()[0])


def _idle() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()
    return (int(fields[4]) + int(fields[5])) / TICK


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, its columns aligned."""
    lines = [list(head), *([_shown(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return "\n".join([texts[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *texts[1:]])


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return "—" if cell != cell else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
    return str(cell)
