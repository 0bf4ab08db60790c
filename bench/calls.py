"""./run bench calls: Tongdai's whole path of a call and native app_queue side by side, on the same Asterisk program.

Each caller (SIPp) dials, the flow answers, the caller queues, an agent's phone (SIPp) rings and answers, both talk, the caller
hangs up, and the call stands in PostgreSQL. Runs alternate between the two systems; only one of them has calls at a time.
A call failed unless an agent answered it and was rung within a second of the caller's INVITE. See bench/README.md.
"""

import argparse
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.parts import sipp
from bench.parts.load import Backlog, Outcome, System, run_backlog, run_calls
from bench.parts.measure import percentile, table
from bench.parts.native import Native
from bench.parts.product import Product
from tongdai.platform.embedded.process import own_user

Make = Callable[[Path, int, int], System]


def main() -> None:
    options = _options()
    systems: list[Make] = []
    if options.only != "native":
        systems.append(
            lambda folder, ports, agents: Product(folder, ports, agents, recording=options.recording)
        )
    if options.only != "tongdai":
        systems.append(
            lambda folder, ports, agents: Native(folder, ports, agents, recording=options.recording)
        )
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        folder = options.folder or Path(name)
        if own_user("tongdai") is not None:
            folder.chmod(0o755)
        if "rate" in options.parts or "latency" in options.parts:
            _with(
                systems,
                folder,
                options.port,
                options.agents,
                lambda running: _rates(running, folder, options),
            )
        if "backlog" in options.parts:
            _with(
                systems,
                folder,
                options.port,
                options.backlog[0],
                lambda running: _backlog(running, folder, options),
            )


def _with(
    makes: list[Make], folder: Path, port: int, agents: int, work: Callable[[list[System]], None]
) -> None:
    """Start all systems side by side, work, stop them."""
    started: list[System] = []
    try:
        for number, make in enumerate(makes):
            home = folder / f"system{number}"
            home.mkdir(mode=0o755)
            system = make(home, port + 5000 * number, agents)
            system.start()
            started.append(system)
        work(started)
    finally:
        for system in started:
            system.stop()
        for number in range(len(makes)):
            shutil.rmtree(folder / f"system{number}", ignore_errors=True)


@contextmanager
def _phones(
    systems: list[System], folder: Path, *, hang_up_ms: tuple[int, int] | None = None
) -> Generator[dict[str, sipp.Sipp]]:
    """Every system's phones, by its name, up from run to run."""
    with ExitStack() as stack:
        phones: dict[str, sipp.Sipp] = {}
        for system in systems:
            phones[system.name] = sipp.phones(folder, system.phone_port, hang_up_ms=hang_up_ms)
            stack.callback(phones[system.name].stop)
        yield phones


def _rates(systems: list[System], folder: Path, options: argparse.Namespace) -> None:
    outcomes: list[Outcome] = []
    best: dict[str, float] = {}

    def run(system: System, rate: float, seconds: float) -> Outcome:
        outcome = run_calls(system, phones[system.name], folder, rate, seconds, options.talk)
        outcomes.append(outcome)
        print(_line(outcome), flush=True)
        return outcome

    with _phones(systems, folder) as phones:
        for system in systems:
            run_calls(system, phones[system.name], folder, 5, 3, 1.0)  # warm
        if "latency" in options.parts:
            for _ in range(options.rounds):
                for system in systems:
                    run(system, options.latency_rate, options.seconds)
        if "rate" in options.parts:
            best = _climb(systems, run, options)
    variant = "recorded" if options.recording else "not recorded"
    print(f"\nCalls of {options.talk:g} s, {variant}, {options.agents} agents, signalling only:\n")
    print(_outcome_table(outcomes))
    for name, rate in best.items():
        print(f"\nHighest sustained rate of {name}: {rate:g} calls/s")


def _climb(
    systems: list[System], run: Callable[[System, float, float], Outcome], options: argparse.Namespace
) -> dict[str, float]:
    """Go up in steps, all systems at each, until each has failed twice at a rate; then try half a step below."""
    best = {system.name: 0.0 for system in systems}
    climbing, rate = list(systems), options.start
    failed_at: dict[str, float] = {}
    while climbing and rate <= options.top:
        for system in list(climbing):
            if run(system, rate, options.seconds).sustained or run(system, rate, options.seconds).sustained:
                best[system.name] = rate
            else:
                failed_at[system.name] = rate
                climbing.remove(system)
        rate += options.step
    for system in systems:
        middle = (best[system.name] + failed_at.get(system.name, 0)) / 2
        if middle > best[system.name] and run(system, middle, options.seconds).sustained:
            best[system.name] = middle
    return best


def _backlog(systems: list[System], folder: Path, options: argparse.Namespace) -> None:
    agents, waiting = options.backlog
    results: list[Backlog] = []
    talk_ms = (3000, 7000)
    with _phones(systems, folder, hang_up_ms=talk_ms) as phones:
        for _ in range(options.rounds):
            results.extend(
                run_backlog(system, phones[system.name], folder, agents, waiting, options.seconds, talk_ms)
                for system in systems
            )
    print(f"\nFreed agent to next ring, {agents} agents, {waiting} waiting (ms; ideal 0):\n")
    rows = [
        (r.system, len(r.gaps), *(percentile(r.gaps, share) for share in (0.5, 0.95, 0.99)), str(r.busy))
        for r in results
    ]
    print(table(["system", "rings", "p50", "p95", "p99", "machine busy"], rows))


HEAD = [
    "system", "calls/s", "calls", "failed", "in the log", "ring p50 ms", "ring p99 ms", "CPU/call ms", "Asterisk", "Tongdai",
    "PostgreSQL", "commits/call", "writing", "machine busy",
]  # fmt: skip


def _outcome_table(outcomes: list[Outcome]) -> str:
    return table(HEAD, [_row(outcome) for outcome in outcomes])


def _row(o: Outcome) -> list[object]:
    parts = [o.cpu.get(part, float("nan")) for part in ("Asterisk", "Tongdai", "PostgreSQL")]
    return [
        o.system, f"{o.rate:g}", o.calls, f"{o.failures:.1%}", o.recorded, o.delay(0.5), o.delay(0.99), sum(o.cpu.values()),
        *parts, o.commits, o.writing, str(o.busy),
    ]  # fmt: skip


def _line(outcome: Outcome) -> str:
    return "  ".join(
        f"{head} {cell:.1f}" if isinstance(cell, float) else f"{head} {cell}"
        for head, cell in zip(HEAD, _row(outcome), strict=True)
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench calls", description="Calls of Tongdai and of app_queue side by side."
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of about a minute")
    parser.add_argument("--parts", default="latency,rate,backlog", help="which measurements, by comma")
    parser.add_argument("--only", choices=("tongdai", "native"), help="one system alone")
    parser.add_argument("--recording", action="store_true", help="record every call, on both")
    parser.add_argument("--agents", type=int, default=700)
    parser.add_argument(
        "--talk", type=float, default=5.0, help="seconds from the answer to the caller's hang-up"
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each run calls")
    parser.add_argument("--rounds", type=int, default=2, help="alternations of the latency and backlog runs")
    parser.add_argument("--latency-rate", type=float, default=40.0)
    parser.add_argument("--start", type=float, default=20.0, help="first rate of the climb")
    parser.add_argument("--step", type=float, default=20.0)
    parser.add_argument("--top", type=float, default=100.0, help="last rate of the climb")
    parser.add_argument("--backlog", type=int, nargs=2, default=(100, 400), metavar=("AGENTS", "WAITING"))
    parser.add_argument("--port", type=int, default=16000, help="first of 10000 ports")
    parser.add_argument("--folder", type=Path, help="keep SIPp's and the app's logs here")
    options = parser.parse_args()
    if options.quick:
        options.agents, options.seconds, options.rounds, options.talk = 60, 5.0, 1, 2.0
        options.latency_rate, options.start, options.top, options.backlog = 5.0, 10.0, 10.0, (10, 30)
    options.parts = options.parts.split(",")
    return options


if __name__ == "__main__":
    main()
