"""./run bench ewt: how far the expected wait is from the true one, and how far "as long as the last one waited" is.

A queue is simulated, event by event: Poisson arrivals, exponential service of 300 s on average, exponential patience. The
estimator is the product's (`routing/waits.py`) with the rates that it learns on the way as the product does, from contacts that
are finished, served and given up; it is told nothing of the simulation but who is at work and how many wait. Counted are all who
had to wait: the wait of those who gave up is what it would have been, had they stayed (an agent whom they would have had takes
the next). Beside it stand the same over those alone who were served, the same formula with the true rates, whose error is chance
alone, and the last caller's wait. The data are the same in every run. Targets are compared at their two decimals.
"""

import argparse
import heapq
import random
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt

from bench.parts.measure import MachineClock, table
from tongdai.routing.waits import Pace, expected_wait

HANDLING_S = 300.0
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Case:
    """So many agents under so much load (1.0: all they can do), callers who give up after `patience_s` on average, and the most
    that the error may be, relative to the mean wait of those served."""

    agents: int
    load: float
    patience_s: float | None
    target: float


CASES = (
    Case(100, 0.95, None, 0.22),
    Case(100, 1.1, 180.0, 0.32),
    Case(100, 1.4, 300.0, 0.16),
    Case(20, 1.0, 120.0, 0.62),
)


@dataclass
class Errors:
    """Sums over callers who had to wait."""

    callers: int = 0
    waited: float = 0.0
    squares: dict[str, float] = field(default_factory=dict[str, float])

    def add(self, waited: float, told: dict[str, float | None]) -> None:
        self.callers += 1
        self.waited += waited
        for name, seconds in told.items():
            assert seconds is not None, "nobody is told nothing once the warm-up is over"
            self.squares[name] = self.squares.get(name, 0.0) + (seconds - waited) ** 2

    @property
    def mean(self) -> float:
        return self.waited / self.callers

    def relative(self, name: str) -> float:
        """Root mean square error over the mean wait."""
        return sqrt(self.squares[name] / self.callers) / self.mean


def known(case: Case) -> Pace:
    """The pace with the true rates."""
    theta = 0.0 if case.patience_s is None else 1 / case.patience_s
    return Pace(START, finished=1e9, worked_s=1e9 * HANDLING_S, abandoned=theta * 1e9, waited_s=1e9)


@dataclass
class Waiting:
    """A caller in line."""

    since: float
    told: dict[str, float | None]
    gave_up: bool = False


def simulate(case: Case, callers: int, seed: int, errors: Errors, served: Errors) -> None:
    """A queue from empty on; the first tenth of the callers is the warm-up and is not counted."""
    dice = random.Random(seed)
    rate = case.load * case.agents / HANDLING_S
    pace, true = Pace(START), known(case)
    talks: list[tuple[float, float]] = []
    giving_up: list[tuple[float, int]] = []
    line: OrderedDict[int, Waiting] = OrderedDict()
    arrival, caller, in_line = dice.expovariate(rate), 0, 0

    def serve(at: float) -> None:
        talk = dice.expovariate(1 / HANDLING_S)
        heapq.heappush(talks, (at + talk, talk))

    while caller < callers or in_line:
        while giving_up and giving_up[0][1] not in line:
            heapq.heappop(giving_up)
        done = talks[0][0] if talks else INFINITE
        gone = giving_up[0][0] if giving_up else INFINITE
        at = min(done, gone, arrival)
        now = START + timedelta(seconds=at)
        if at == arrival:
            caller += 1
            arrival = at + dice.expovariate(rate) if caller < callers else INFINITE
            if len(talks) < case.agents:
                pace = pace.left(0.0, now, served=True, gave_up=False)
                serve(at)
                continue
            told = {
                "ours": expected_wait(pace, case.agents, in_line),
                "true rates": expected_wait(true, case.agents, in_line),
                "last": pace.last_wait_s,
            }
            line[caller] = Waiting(at, told)
            in_line += 1
            if case.patience_s is not None:
                heapq.heappush(giving_up, (at + dice.expovariate(1 / case.patience_s), caller))
        elif at == done:
            pace = pace.worked(heapq.heappop(talks)[1], now)
            while line:
                number, one = line.popitem(last=False)
                for sums in (errors,) if one.gave_up else (errors, served):
                    if number > callers / 10:
                        sums.add(at - one.since, one.told)
                if not one.gave_up:
                    in_line -= 1
                    pace = pace.left(at - one.since, now, served=True, gave_up=False)
                    serve(at)
                    break
        else:
            one = line[heapq.heappop(giving_up)[1]]
            one.gave_up = True
            in_line -= 1
            pace = pace.left(at - one.since, now, served=False, gave_up=True)


def measure(case: Case, callers: int, runs: int) -> list[object]:
    errors, served = Errors(), Errors()
    for seed in range(1, runs + 1):
        simulate(case, callers, seed, errors, served)
    ours = errors.relative("ours")
    return [
        f"{case.agents} agents, load {case.load}, patience {f'{case.patience_s:.0f} s' if case.patience_s else 'endless'}",
        f"{errors.callers:,}",
        f"{errors.mean:.1f}",
        f"{ours:.3f}",
        f"{case.target:.2f}",
        "met" if round(ours, 2) <= case.target else f"missed by {ours - case.target:.3f}",
        f"{served.relative('ours'):.3f}",
        f"{errors.relative('true rates'):.3f}",
        f"{errors.relative('last'):.3f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench ewt", description="How true the expected wait is.")
    parser.add_argument("--quick", action="store_true", help="few callers, for a smoke run")
    parser.add_argument("--callers", type=int, default=100_000, help="in each run, the warm-up's among them")
    parser.add_argument("--runs", type=int, default=5, help="with other dice")
    options = parser.parse_args()
    callers, runs = (5_000, 1) if options.quick else (options.callers, options.runs)
    machine = MachineClock()
    rows = [measure(case, callers, runs) for case in CASES]
    head = [
        "queue",
        "had to wait",
        "mean wait s",
        "RMSE / mean",
        "target",
        "",
        "of those served",
        "with the true rates",
        "last one's wait",
    ]
    print(table(head, rows))
    print(f"\nA contact takes {HANDLING_S:.0f} s on average. The machine was busy: {machine.read()}.")


if __name__ == "__main__":
    main()
