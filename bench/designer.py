"""./run bench designer: how a large flow edits.

The app on its own PostgreSQL, and the designer in Chromium with a flow of 200 steps: how long until it is drawn, until a typed
letter is seen, the frames while a step is dragged, until an undo is seen. Beside it, in the same run: a flow of ten steps, which
is what the machine, the browser and the form cost without a large graph. A machine that is busy with something else slows what
is seen; the processor time of the page is its own. See bench/README.md.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.parts.drawing import Drawing
from bench.parts.floor import Floor
from bench.parts.measure import MachineClock, percentile, table
from tongdai.platform.embedded.process import own_user

FEW = 10
HEAD = ("what", "steps", "times", "p50 ms", "p95 ms", "worst", "target p95")
WHAT = {
    "open": ("click in the list → steps drawn", 1500),
    "key": ("letter typed in a form → seen", 100),
    "frame": ("frame while a step is dragged", 50),
    "cpu open": ("processor time of the page: opening", None),
    "cpu key": ("processor time of the page: a letter, with all that follows", None),
    "cpu move": ("processor time of the page: a move of the mouse in a drag", None),
    "undo": ("undo, redo → seen", 100),
    "check": ("last letter → checked by the server (350 ms of them waiting)", 1000),
}


def rows(steps: int, found: Mapping[str, list[float]]) -> list[list[object]]:
    made: list[list[object]] = []
    for name, (what, target) in WHAT.items():
        values = found[name]
        shares = [percentile(values, share) for share in (0.5, 0.95)]
        made.append([what, steps, len(values), *shares, max(values), f"≤ {target}" if target else ""])
    return made


def main() -> None:
    options = _options()
    clock = MachineClock()
    with tempfile.TemporaryDirectory(prefix="tongdai-bench-") as name:
        folder = Path(name)
        if own_user("tongdai") is not None:
            folder.chmod(0o755)
        floor = Floor(folder, 1, 0)
        floor.start()
        try:
            drawing = Drawing(floor.url, floor.admin)
            lines: list[list[object]] = []
            held: dict[int, list[float]] = {}
            for steps in (FEW, options.steps):
                found = asyncio.run(drawing.measure(steps, keys=options.keys, moves=options.moves))
                lines += rows(steps, found)
                held[steps] = found["long tasks"]
        finally:
            floor.stop()
    print(table(HEAD, sorted(lines, key=lambda line: list(WHAT).index(_name(line)))))
    for steps, long in held.items():
        worst = f", the longest {max(long):.0f} ms" if long else ""
        print(f"{steps} steps: {len(long)} tasks of more than 50 ms{worst}.")
    print(f"The machine: {clock.read()}.")


def _name(line: list[object]) -> str:
    return next(name for name, (what, _) in WHAT.items() if what == line[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench designer", description="How a large flow edits.")
    parser.add_argument("--quick", action="store_true", help="a smoke run")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--keys", type=int, default=60, help="letters typed")
    parser.add_argument("--moves", type=int, default=120, help="moves of the mouse in one drag")
    options = parser.parse_args()
    if options.quick:
        options.keys, options.moves = 15, 30
    return options


if __name__ == "__main__":
    main()
