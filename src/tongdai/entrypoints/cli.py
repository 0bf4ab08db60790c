"""The command `tongdai`."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tongdai.entrypoints.stack_options import DEFAULT_APP, StackOptions
from tongdai.platform.config import ConfigurationError, load_settings
from tongdai.platform.embedded.errors import SetupError

app = typer.Typer(
    name="tongdai",
    help="Tongdai, the open-source omnichannel contact centre.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[
    Path | None, typer.Option(help="TOML file with settings (else TONGDAI_CONFIG).", dir_okay=False)
]
Data = Annotated[
    Path, typer.Option(help="Where the database, recordings, logs and demo.json live.", file_okay=False)
]


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; put a TLS proxy in front.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    config: Config = None,
    reload: Annotated[bool, typer.Option(help="Restart when the source changes (development).")] = False,
) -> None:
    """Run one app process against your own PostgreSQL (DATABASE_URL) and Asterisk."""
    from tongdai.entrypoints.serve import serve as run

    run(host=host, port=port, config=config, reload=reload)


@app.command()
def demo(
    data: Data = Path("var/demo"),
    http_port: Annotated[int, typer.Option(help="Port of the desktop.", min=1, max=65535)] = 8000,
    sip_port: Annotated[
        int, typer.Option(help="Port for SIP phones and trunks (UDP and TCP).", min=1, max=65535)
    ] = 5060,
    listen: Annotated[
        str | None,
        typer.Option(help="Address to serve other machines on, by HTTPS. Default: this machine only."),
    ] = None,
    config: Config = None,
    reload: Annotated[bool, typer.Option(hidden=True)] = False,
    factory: Annotated[str, typer.Option("--app", hidden=True)] = DEFAULT_APP,
) -> None:
    """Start PostgreSQL, Asterisk, the app and the edge, load a demo company, and stay until Ctrl-C."""
    from tongdai.entrypoints.demo import run_demo

    options = StackOptions(data, http_port, sip_port, listen, config, factory, reload)
    run_demo(options, lambda line: print(line, flush=True))


@app.command()
def migrate(
    config: Config = None,
    revision: Annotated[str, typer.Option(help="Schema revision to go to.")] = "head",
) -> None:
    """Bring the database's schema up to date. Safe to run from several nodes at once."""
    from tongdai.platform.migrations import current, migrate

    dsn = load_settings(config).database_dsn
    before, _ = current(dsn)
    migrate(dsn, revision)
    after, _ = current(dsn)
    print(f"The schema is at {after}." if before == after else f"The schema went from {before} to {after}.")


@app.command()
def doctor(
    data: Annotated[
        Path | None, typer.Option(help="Data directory of a running demo to examine.", file_okay=False)
    ] = None,
    config: Config = None,
) -> None:
    """Say what is wrong and how to mend it. The exit code is 1 if anything is."""
    from tongdai.entrypoints.doctor import examine

    if data is not None:
        config = data / "run" / "settings.toml"
        if not config.exists():
            raise SetupError(f"There is no demo in {data}: start one with `tongdai demo --data {data}`.")
    marks = {"ok": "✓", "hint": "·", "wrong": "✗"}
    findings = examine(load_settings(config))
    for finding in findings:
        print(f"{marks[finding.verdict]} {finding.subject}: {finding.text}")
    if any(finding.verdict == "wrong" for finding in findings):
        raise typer.Exit(1)


@app.command()
def backup(
    file: Annotated[
        Path, typer.Argument(help="The archive to write; must not be there yet.", dir_okay=False)
    ],
    data: Annotated[Path | None, typer.Option(help="Data directory of a demo.", file_okay=False)] = None,
    config: Config = None,
) -> None:
    """Write the database and the recordings to one file. Tongdai may go on running."""
    from tongdai.entrypoints.backup import backup as run

    run(file, data=data, config=config, say=print)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `tongdai backup`.", dir_okay=False)],
    data: Annotated[Path | None, typer.Option(help="Data directory of a demo.", file_okay=False)] = None,
    config: Config = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace what is there.")] = False,
) -> None:
    """Bring back what a backup holds, all of it or nothing. Stop Tongdai first."""
    from tongdai.entrypoints.backup import restore as run

    run(file, data=data, config=config, replace=replace, say=print)


_GROUPS = ("user", "flow", "simulate", "recording")


def _add_commands_of_others(arguments: Sequence[str]) -> None:
    """Command groups that live beside the modules they drive: each is a module here with a Typer called `app`.

    Imported only when they are asked for, or for the help, because the product comes with them: the demo's supervisor
    should stay small and start at once.
    """
    command = next((argument for argument in arguments if not argument.startswith("-")), None)
    own = {info.name or info.callback.__name__ for info in app.registered_commands if info.callback}
    for name in _GROUPS if command not in own else ():
        if command in (None, name) or command not in _GROUPS:
            app.add_typer(importlib.import_module(f"tongdai.entrypoints.{name}_commands").app, name=name)


def main() -> None:
    """Errors that a person can mend are one message on standard error and exit code 1, never a traceback."""
    _add_commands_of_others(sys.argv[1:])
    try:
        app()
    except (SetupError, ConfigurationError) as error:
        print(f"tongdai: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
