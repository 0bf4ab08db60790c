"""`tongdai flow …`: flows as files that read well in git."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from tongdai.entrypoints.modules import register_all
from tongdai.flows import command_line
from tongdai.flows.command_line import Report
from tongdai.flows.public import FlowService, VerbRegistry
from tongdai.platform.config import Settings, load_settings
from tongdai.platform.database import Scope, Transaction
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.registry import Registry, Runtime

app = typer.Typer(help="Flows (IVR) as YAML files.", no_args_is_help=True)

Paths = Annotated[list[Path], typer.Argument(help="Files, or folders of files.", exists=True)]
Tenant = Annotated[str | None, typer.Option(help="The centre's short name; needed when there are several.")]
Config = Annotated[Path | None, typer.Option(help="TOML file with settings.", dir_okay=False)]
Data = Annotated[Path | None, typer.Option(help="Data directory of a running demo.", file_okay=False)]
Work = Callable[[Transaction, Runtime], Awaitable[Report]]


class _NotGood(Exception):
    """Rolls back; the report says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("not good")
        self.report = report


@app.command()
def check(paths: Paths) -> None:
    """Validate flow files. Needs no database; queues and calendars are looked for when publishing."""
    _tell(command_line.check_files(paths, _verbs()))


@app.command()
def test(paths: Paths) -> None:
    """Run the flow tests (*.test.yaml) on virtual time."""
    _tell(command_line.run_tests(paths, _verbs()))


@app.command()
def push(
    paths: Paths,
    draft: Annotated[bool, typer.Option("--draft", help="Save as drafts, do not publish.")] = False,
    note: Annotated[str, typer.Option(help="What changed, kept with the version.")] = "",
    tenant: Tenant = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Save flow files and publish them: all of them, or none when one is not good."""

    async def work(tx: Transaction, runtime: Runtime) -> Report:
        service, at = runtime.get(FlowService), runtime.clock.now()
        return await command_line.push(tx, service, paths, at=at, publish=not draft, note=note)

    _tell(asyncio.run(_in_tenant(_settings(config, data), tenant, work)))


@app.command()
def pull(
    folder: Annotated[Path, typer.Argument(help="Where to write <name>.yaml.", file_okay=False)],
    name: Annotated[list[str] | None, typer.Option(help="Only this flow; may be repeated.")] = None,
    tenant: Tenant = None,
    config: Config = None,
    data: Data = None,
) -> None:
    """Write the flows as files, replacing what is there."""
    folder.mkdir(parents=True, exist_ok=True)

    async def work(tx: Transaction, runtime: Runtime) -> Report:
        return await command_line.pull(tx, runtime.get(FlowService), folder, name or [])

    _tell(asyncio.run(_in_tenant(_settings(config, data), tenant, work)))


def _verbs() -> VerbRegistry:
    return register_all(Registry()).ensure(VerbRegistry)


def _settings(config: Path | None, data: Path | None) -> Settings:
    file = config if data is None else data / "run" / "settings.toml"
    if data is not None and file is not None and not file.exists():
        raise SetupError(f"There is no demo in {data}: start one with `tongdai demo --data {data}`.")
    return load_settings(file)


async def _in_tenant(settings: Settings, slug: str | None, work: Work) -> Report:
    async with register_all(Registry()).running(settings, services=False) as runtime:
        async with runtime.database.transaction(Scope.system()) as tx:
            tenants = dict(await tx.fetch_tuples("SELECT slug, id FROM tenants ORDER BY slug"))
        if slug is None and len(tenants) == 1:
            (slug,) = tenants
        if slug not in tenants:
            raise SetupError(f"Say which centre with --tenant: {', '.join(tenants) or 'there is none yet'}.")
        try:
            async with runtime.database.transaction(Scope(tenants[slug])) as tx:
                report = await work(tx, runtime)
                if not report.ok:
                    raise _NotGood(report)
        except _NotGood as bad:
            return bad.report
        return report


def _tell(report: Report) -> None:
    for line in report.lines:
        print(line)
    if not report.ok:
        raise typer.Exit(1)
