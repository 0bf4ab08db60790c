"""`tongdai recording …`."""

from pathlib import Path
from typing import Annotated

import typer

from tongdai.platform.config import Settings, load_settings
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.sealed import SUFFIX, Damaged, KeyMissing, KeyRing, rewrap

app = typer.Typer(help="The sound of calls.", no_args_is_help=True)


@app.callback()
def _group() -> None:  # pyright: ignore[reportUnusedFunction]
    """The sound of calls."""


@app.command()
def rotate_key(
    data: Annotated[Path | None, typer.Option(help="Data directory of a demo.", file_okay=False)] = None,
    config: Annotated[Path | None, typer.Option(help="TOML file with settings.", dir_okay=False)] = None,
) -> None:
    """Encrypt by a new key from now on, and wrap the keys of all recordings by it. The app may run; no sound is written anew."""
    settings = _settings(data, config)
    ring = KeyRing(settings.key_ring)
    key_id = ring.rotate()
    done, failed = 0, list[str]()
    for file in sorted((settings.data_dir / "files").rglob(f"*{SUFFIX}")):
        try:
            done += rewrap(file, ring)
        except (KeyMissing, Damaged, OSError) as error:
            failed.append(str(error))
    typer.echo(
        f"The key is {key_id}; {done} recordings are wrapped by it. Older keys stay in {ring.path} for backups."
    )
    if failed:
        raise SetupError(f"{len(failed)} recordings cannot be read, the first: {failed[0]}.")


def _settings(data: Path | None, config: Path | None) -> Settings:
    if data is None:
        return load_settings(config)
    known = data.absolute() / "run" / "settings.toml"
    if not known.exists():
        raise SetupError(f"There is no demo in {data}: say which with --data DIR, or --config FILE.")
    return load_settings(known, defaults={"database_dsn": "embedded"}, data_dir=data.absolute())
