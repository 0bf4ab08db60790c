"""One run of calls against one system, and what came of it."""

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from bench.parts import sipp
from bench.parts.leftovers import end_calls
from bench.parts.machine import DatabaseMeter
from bench.parts.measure import Busy, MachineClock, cpu_seconds, family_cpu_seconds, percentile
from tongdai.platform.embedded.asterisk import AsteriskServer

IN_TIME_S = 1.0
"""A call that reaches its agent later than this counts as failed: a rate is only sustained while no queue builds up."""
_runs = count(1)


class System(Protocol):
    """What is measured: the product, or app_queue."""

    name: str
    sip_port: int
    phone_port: int
    hotline: str
    meter: DatabaseMeter

    @property
    def asterisk(self) -> AsteriskServer: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def pids(self) -> dict[str, int]: ...
    def records(self, callers: str) -> int: ...
    def settle(self, timeout: float = 15) -> None: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's figures. Times in milliseconds."""

    system: str
    rate: float
    calls: int
    failed: int
    recorded: int
    delays: list[float]
    cpu: dict[str, float]
    commits: float
    writing: float
    busy: Busy

    @property
    def failures(self) -> float:
        return self.failed / max(1, self.calls)

    @property
    def sustained(self) -> bool:
        return self.failures < 0.01 and self.recorded >= self.calls * 0.99

    def delay(self, share: float) -> float:
        return percentile(self.delays, share)


def run_calls(
    system: System, phones: sipp.Sipp, folder: Path, rate: float, seconds: float, talk_s: float
) -> Outcome:
    """Call at `rate` for `seconds`; every caller hangs up `talk_s` after the answer.

    The phones stay up from run to run: Asterisk would find contacts that answer no OPTIONS unreachable.
    """
    run, calls = next(_runs), round(rate * seconds)
    before_cpu, before, machine = _cpu(system), system.meter.work(), MachineClock()
    callers = sipp.callers(
        folder, system.phone_port - 4, system.sip_port, system.hotline, run=run, rate=rate, calls=calls,
        talk_ms=round(talk_s * 1000),
    )  # fmt: skip
    callers.wait(seconds + talk_s + 20)
    busy = machine.read()
    system.settle()
    time.sleep(1.5)
    work = system.meter.work()
    cpu = {part: (now - before_cpu[part]) * 1000 / calls for part, now in _cpu(system).items()}
    rung = [mark for mark in sipp.marks(phones.log) if mark.caller.startswith(f"9{run:03}")]
    delays = _delays([*sipp.marks(callers.log), *rung])
    in_time = sum(delay <= IN_TIME_S for delay in delays)
    outcome = Outcome(
        system.name, rate, calls, calls - in_time, system.records(f"9{run:03}"), [delay * 1000 for delay in delays], cpu,
        (work.commits - before.commits) / calls, (work.writing - before.writing) / calls, busy,
    )  # fmt: skip
    _clear(system)
    return outcome


def _clear(system: System) -> None:
    """What a run could not finish must not be paid by the next."""
    if end_calls(system.asterisk):
        system.settle()
        time.sleep(1)


def _delays(marks: list[sipp.Mark]) -> list[float]:
    """From the caller's first INVITE to the first INVITE at an agent, of calls that an agent took."""
    first: dict[str, dict[str, float]] = defaultdict(dict)
    for mark in marks:
        moments = first[mark.caller]
        moments[mark.kind] = min(mark.at, moments.get(mark.kind, mark.at))
    return [m["RING"] - m["INVITE"] for m in first.values() if {"INVITE", "RING", "TALK"} <= m.keys()]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How long freed agents wait for the next ring while callers queue up. Milliseconds."""

    system: str
    gaps: list[float]
    busy: Busy


def run_backlog(
    system: System,
    phones: sipp.Sipp,
    folder: Path,
    agents: int,
    waiting: int,
    seconds: float,
    talk_ms: tuple[int, int],
) -> Backlog:
    """Keep `agents` talking and `waiting` callers in the queue; agents hang up after `talk_ms`, as their phones do."""
    run, total = next(_runs), agents + waiting
    served = round(seconds * agents * 2000 / sum(talk_ms))
    callers = sipp.callers(
        folder, system.phone_port - 4, system.sip_port, system.hotline, run=run, rate=40, calls=total + served,
        talk_ms=None, limit=total,
    )  # fmt: skip
    time.sleep(total / 40 + 1)
    machine, since = MachineClock(), time.time()
    time.sleep(seconds)
    until, busy = time.time(), machine.read()
    callers.stop()
    gaps = _gaps([mark for mark in sipp.marks(phones.log) if since <= mark.at < until])
    time.sleep(2)
    _clear(system)
    return Backlog(system.name, [gap * 1000 for gap in gaps], busy)


def _gaps(marks: list[sipp.Mark]) -> list[float]:
    """For each agent: from hanging up to the next INVITE."""
    free: dict[str, float] = {}
    gaps: list[float] = []
    for mark in sorted(marks, key=lambda one: one.at):
        if mark.kind == "FREE":
            free[mark.agent] = mark.at
        elif mark.kind == "RING" and mark.agent in free:
            gaps.append(mark.at - free.pop(mark.agent))
    return gaps


def _cpu(system: System) -> dict[str, float]:
    return {
        part: family_cpu_seconds(pid) if part == "PostgreSQL" else cpu_seconds(pid)
        for part, pid in system.pids().items()
    }
