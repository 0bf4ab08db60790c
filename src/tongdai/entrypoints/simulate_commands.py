"""`tongdai simulate …`: a digital twin over real SIP and RTP, for demos, training and load tests."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from tongdai.entrypoints.simulate import plan as plans
from tongdai.entrypoints.simulate.agents import Floor, run_agents
from tongdai.entrypoints.simulate.callers import Tally, ledger, run_callers
from tongdai.entrypoints.simulate.target import Target
from tongdai.platform.embedded.errors import SetupError

app = typer.Typer(help="Callers and agents over real SIP and RTP.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="Data directory of the running demo.", file_okay=False)]
Seed = Annotated[int, typer.Option(help="The same seed gives the same plan.", min=0)]


@app.command()
def callers(
    rate: Annotated[str, typer.Option(help="How often they call: 6/min, 2/s, 100/h.")] = "6/min",
    count: Annotated[int | None, typer.Option(help="Stop after this many calls.", min=1)] = None,
    minutes: Annotated[
        float | None, typer.Option(help="Or after this long (else until Ctrl-C).", min=0.01)
    ] = None,
    hotline: Annotated[
        list[str] | None, typer.Option(help="Number to call; may be repeated. Default: all.")
    ] = None,
    keys: Annotated[
        list[str] | None,
        typer.Option(
            help='Keys to press, five seconds apart: "2,123456#,1"; each caller draws one of those given.'
        ),
    ] = None,
    patience: Annotated[float, typer.Option(help="Mean seconds of waiting for a person.", min=1)] = 60,
    talk: Annotated[float, typer.Option(help="Mean seconds of talking.", min=1)] = 30,
    seed: Seed = 1,
    data: Data = Path("var/demo"),
    show_plan: Annotated[bool, typer.Option("--plan", help="Print the plan, call nobody.")] = False,
) -> None:
    """Customers call the hotlines, press keys, speak, wait, lose patience, talk, hang up."""
    if count is not None and minutes is not None:
        raise SetupError("Say --count or --minutes, not both.")
    target = Target.load(data) if not (show_plan and hotline) else None
    try:
        crowd = plans.Crowd(
            plans.per_minute(rate), tuple(hotline or (target.hotlines if target else ())), tuple(keys or ["1", "2"]),
            patience, talk,
        )  # fmt: skip
    except ValueError as error:
        raise SetupError(f"{error}.") from None
    seconds = minutes * 60 if minutes is not None else (None if count is not None else 24 * 3600.0)
    plan = plans.callers(seed, crowd, count=count, seconds=seconds)
    if show_plan or target is None:
        print(*plans.describe(plan), sep="\n")
        return
    tally, since = Tally(), datetime.now(UTC) - timedelta(seconds=2)
    _run(lambda: run_callers(target, plan, tally), tally.line)
    for line in asyncio.run(_settled(target, tally, since)):
        print(line)
    if tally.silent:
        print(f"{tally.silent} answered calls brought no sound.")


@app.command()
def agents(
    count: Annotated[int, typer.Option(help="How many of the demo's agents work.", min=1)] = 4,
    minutes: Annotated[
        float | None, typer.Option(help="For this long (else until Ctrl-C).", min=0.01)
    ] = None,
    talk: Annotated[float, typer.Option(help="Mean seconds of talking.", min=1)] = 25,
    wrap_up: Annotated[float, typer.Option(help="Mean seconds of wrap-up.", min=0.1)] = 8,
    seed: Seed = 1,
    data: Data = Path("var/demo"),
) -> None:
    """Agents sign in, register a SIP phone, are ready, answer after a while, talk, hang up, wrap up."""
    target, floor = Target.load(data), Floor()

    async def work() -> None:
        async with asyncio.timeout(None if minutes is None else minutes * 60):
            await run_agents(target, count, seed, floor, talk_s=talk, wrap_up_s=wrap_up)

    _run(work, floor.line)
    for trouble in floor.troubles[:20]:
        print(trouble)


def _run(work: Callable[[], Coroutine[Any, Any, None]], line: Callable[[], str]) -> None:
    """Run until done, timed out or told to stop (Ctrl-C, SIGTERM), with a live line; what is open is hung up first."""

    async def run() -> None:
        task = asyncio.create_task(work())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        live, shown = sys.stdout.isatty(), ""
        while not task.done():
            await asyncio.wait({task}, timeout=0.5 if live else 5.0)
            if line() != shown:
                shown = line()
                print(f"\r\x1b[K{shown}" if live else shown, end="" if live else "\n", flush=True)
        if live:
            print()
        if not task.cancelled() and (error := task.exception()) is not None:
            raise _cause(error)

    try:
        asyncio.run(run())
    except TimeoutError:
        return


def _cause(error: BaseException) -> BaseException:
    """What a group of tasks failed of."""
    if isinstance(error, BaseExceptionGroup):
        inner = cast("tuple[BaseException, ...]", error.exceptions)  # pyright: ignore[reportUnknownMemberType]
        return _cause(inner[0])
    return error


async def _settled(target: Target, tally: Tally, since: datetime) -> list[str]:
    """The ledger, once the last calls have had the time to close."""
    lines = await ledger(target, tally, since)
    for _ in range(10):
        if not any("times" in line for line in lines):
            break
        await asyncio.sleep(0.5)
        lines = await ledger(target, tally, since)
    return lines
