"""./run bench floor: a floor at work on real SIP while its processes are killed; calls placed against calls recorded.

Callers call, wait, give up or talk, and call again; agents hold, send on, ask colleagues and confer through the API, as their
desktops do. Some callers ask to be called back instead of giving up, and are. Now and then the app, Asterisk or PostgreSQL is
killed with SIGKILL. At the end everybody hangs up, and the books are compared: each call once, closed, and telling what the
phones at both ends saw; no agent stuck, nobody left in a queue, no promise forgotten or kept twice, no channel and no bridge
left. See bench/README.md.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.parts.callees import CALLBACKS, Callees, mistakes
from bench.parts.crowd import Crowd, settled
from bench.parts.demo import HOTLINE, QUEUE, Demo, hire
from bench.parts.ledger import Ledger, Record, compare
from bench.parts.measure import MachineClock, table
from bench.parts.quiet import EVERY_S
from bench.parts.shift import Shift
from tongdai.entrypoints.simulate.media import Ticker
from tongdai.entrypoints.simulate.target import Target
from tongdai.platform.embedded.process import own_user

PORTS = 2000
PROMISED = "callbacks left open"
LEFT = {
    "agents held up": "SELECT count(*) FROM agent_loads WHERE in_use > 0",
    "callers left in a queue": "SELECT count(*) FROM queue_entries",
    "assignments left open": "SELECT count(*) FROM assignments WHERE state IN ('offered', 'accepted')",
    "calls left open": "SELECT count(*) FROM calls WHERE ended_at IS NULL",
    "people left called into calls": "SELECT count(*) FROM call_parties WHERE state <> 'gone'",
    "interactions left open": "SELECT count(*) FROM interactions WHERE state <> 'closed'",
    PROMISED: "SELECT count(*) FROM callbacks WHERE closed_at IS NULL",
}
RECORDS = (
    "SELECT peer, state, result, hung_up_by, talk_s, hold_s FROM interactions"
    " WHERE direction = 'inbound' ORDER BY started_at"
)
SETTLED_S = 90.0
CALLED_BACK_S = 600.0
"""So long agents go on calling back when nobody calls any more: who is busy is called again, and again."""


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        folder = options.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if own_user("tongdai") is not None:
            folder.chmod(0o755)
        demo = Demo(folder, options.port, PORTS)
        target = demo.start()
        try:
            return asyncio.run(_run(demo, target, options))
        finally:
            demo.stop()


async def _run(demo: Demo, target: Target, options: argparse.Namespace) -> int:
    target, experts = await hire(target, options.agents)
    ticker, clock = Ticker(EVERY_S), MachineClock()
    queue = str((await demo.rows(f"SELECT id FROM queues WHERE name = '{QUEUE}'"))[0][0])
    callees = Callees(target, ticker, options.talk / 3, options.seed)
    await callees.open(customer_first=options.customer_first)
    crowd = Crowd(
        target, ticker, HOTLINE, options.patience, options.talk, options.pause, options.seed, callees,
        options.callbacks,
    )  # fmt: skip
    shift = Shift(target, crowd, queue, experts, options.seed)
    agents = [shift.agent(user, n, options.talk, options.wrap_up) for n, user in enumerate(target.users)]
    work: list[asyncio.Task[None]] = []
    for one in agents:
        work += [asyncio.create_task(one.work(ticker)), asyncio.create_task(one.work_on())]
        await asyncio.sleep(0.1)
    while shift.floor.signed_in < options.agents:
        _raise_if_over(work)
        await asyncio.sleep(0.2)
    callers = [asyncio.create_task(crowd.live(number)) for number in range(options.callers)]
    killed = await _kill_now_and_then(demo, crowd, shift, [*work, *callers], options)
    crowd.stopping = True
    print("No more calls; those that are up are carried through.", flush=True)
    stuck = not await settled(callers, crowd.longest_s)
    ledger, left = await _compared(demo, crowd)
    promises = await _promises(demo, crowd, ledger)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    await callees.close()
    ticker.stop()
    print(f"\nCallbacks: {promises}; phones rung {callees.rung} times.")
    return _report(ledger, left, killed, shift, str(clock.read()), stuck=stuck)


async def _promises(demo: Demo, crowd: Crowd, ledger: Ledger) -> str:
    """How the callbacks ended; what is wrong with them goes into the ledger."""
    rows = [(str(number), str(state)) for number, state in await demo.rows(CALLBACKS)]
    ledger.wrong += mistakes(crowd.lines.values(), rows, crowd.callees)
    states = Counter(state for _, state in rows)
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"


async def _kill_now_and_then(
    demo: Demo, crowd: Crowd, shift: Shift, tasks: "list[asyncio.Task[None]]", options: argparse.Namespace
) -> Counter[str]:
    """For the time that was asked for; the kills at random moments, the last with time left to get over it."""
    draw, length = random.Random(f"{options.seed}:kills"), options.minutes * 60
    moments = sorted(draw.uniform(0.1, 0.9) * length for _ in range(options.kills))
    victims = [draw.choice(options.victims.split(",")) for _ in moments]
    killed, started, told = Counter[str](), time.monotonic(), 0.0
    while (elapsed := time.monotonic() - started) < length:
        _raise_if_over(tasks)
        if elapsed >= told:
            told += 30
            print(
                f"{elapsed:4.0f} s  placed {len(crowd.lines)} · on the line {len(crowd.up)} · {shift.floor.line()}",
                flush=True,
            )
        if moments and elapsed >= moments[0]:
            moments.pop(0)
            victim = victims.pop(0)
            demo.kill(victim)
            killed[victim] += 1
            print(f"{elapsed:4.0f} s  kill -9 of {victim}", flush=True)
            if victim == "asterisk":
                crowd.goes_dead()
                shift.goes_dead()
        await asyncio.sleep(0.2)
    return killed


def _raise_if_over(tasks: "list[asyncio.Task[None]]") -> None:
    """None of them ends by itself while the floor works."""
    for task in tasks:
        if task.done():
            task.result()


async def _compared(demo: Demo, crowd: Crowd) -> tuple[Ledger, dict[str, int]]:
    """The books, once the product has had its time to write them; and what is left that should not be."""
    latest = time.monotonic() + CALLED_BACK_S
    deadline = time.monotonic() + SETTLED_S
    while True:
        left = {what: int((await demo.rows(sql))[0][0]) for what, sql in LEFT.items()}
        channels, bridges = await demo.in_asterisk()
        left |= {"channels left": len(channels), "bridges left": len(bridges)}
        if left[PROMISED]:
            deadline = min(latest, time.monotonic() + SETTLED_S)
        if not any(left.values()) or time.monotonic() > deadline:
            break
        await asyncio.sleep(1)
    return compare(crowd.lines.values(), [Record(*row) for row in await demo.rows(RECORDS)]), left


def _report(
    ledger: Ledger, left: dict[str, int], killed: Counter[str], shift: Shift, busy: str, *, stuck: bool
) -> int:
    print(
        f"\nPlaced {ledger.placed}, in the log {ledger.recorded}; killed: {dict(killed) or 'nothing'}; machine {busy}\n"
    )
    rows = [(seen, result, count) for (seen, result), count in sorted(ledger.pairs.items())]
    print(table(["ended at the phone by", "in the log", "calls"], rows))
    print(f"\n{ledger.close} of them ended just as an agent came, and may be told either way.\n")
    print(table(["what agents did", "times"], sorted(shift.deeds.items())))
    print(
        "\nLeft over: " + (", ".join(f"{count} {what}" for what, count in left.items() if count) or "nothing")
    )
    for trouble in shift.floor.troubles[:10]:
        print(f"  an agent: {trouble}")
    for wrong in ledger.wrong[:50]:
        print(f"  WRONG {wrong}")
    if stuck:
        print("  WRONG callers were still on the line at the end")
    failed = len(ledger.wrong) + sum(left.values()) + stuck
    print(f"\n{failed} mistakes in {ledger.placed} calls.")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run bench floor",
        description="A floor at work, with kills; calls placed against calls recorded.",
    )
    parser.add_argument("--quick", action="store_true", help="a smoke run of two minutes")
    parser.add_argument("--agents", type=int, default=60)
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument(
        "--victims", default="app,asterisk,postgres", help="which processes may be killed, by comma"
    )
    parser.add_argument("--patience", type=float, default=90, help="mean seconds that a caller waits")
    parser.add_argument("--talk", type=float, default=40, help="mean seconds of a talk")
    parser.add_argument("--wrap-up", type=float, default=6)
    parser.add_argument("--pause", type=float, default=5, help="mean seconds until a caller calls again")
    parser.add_argument(
        "--callbacks", type=float, default=0.5, help="the part of those who lose patience who ask for one"
    )
    parser.add_argument("--customer-first", action="store_true", help="customers are rung before agents")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder where the demo's data and logs stay")
    parser.add_argument("--port", type=int, default=18000, help=f"first of {PORTS} ports")
    if parser.parse_args().quick:
        parser.set_defaults(agents=8, callers=16, minutes=1.5, kills=2, talk=15, patience=25)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
