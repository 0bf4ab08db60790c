"""`tongdai backup` and `tongdai restore`: one installation into one file and back."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from tongdai.platform.backup import (
    ArchiveReader,
    ArchiveWriter,
    InstallationInUse,
    Manifest,
    pack_database,
    pack_files,
    restored_database,
    unpack_files,
)
from tongdai.platform.backup.archive import FORMAT, VERSION
from tongdai.platform.config import SECRETS, Settings, load_settings
from tongdai.platform.embedded.errors import SetupError
from tongdai.platform.embedded.lock import directory_lock
from tongdai.platform.embedded.postgres import PostgresServer
from tongdai.platform.embedded.process import require_room

Print = Callable[[str], None]

_DEMO_KEYS = ("hotlines", "trunk", "users", "api_token")
_OF_THIS_PLACE = frozenset({"data_dir", "public_url", "sip_host", "sip_port", "node", "ari_url", "ari_user"})
_OF_THIS_PLACE_TOO = frozenset(
    {"media_address", "asterisk_recordings", "asterisk_sounds", "tls_certificate", "tls_key"}
)
_SIGN_IN_AGAIN = "DELETE FROM sessions"
"""Open desktops show what was; a new sign-in loads what is. And nobody gets in by the cookie of an old backup."""
_EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an installation keeps what a backup holds."""

    dsn: str
    directory: Path
    settings: Settings | None

    @property
    def files(self) -> Path:
        return self.directory / "files"


def backup(file: Path, *, data: Path | None, config: Path | None, say: Print) -> None:
    """Write `file`. The app may run: the database is taken as of one moment, files as they are just after it.

    Raises SetupError.
    """
    with _place(data, config) as place, _readable(), ArchiveWriter.create(file) as archive:
        revision, partitions, tables = pack_database(place.dsn, archive)
        files = pack_files(place.files, archive)
        manifest = Manifest(
            format=FORMAT,
            version=VERSION,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            program=version("tongdai"),
            revision=revision,
            partitions=partitions,
            tables=tables,
            files=files,
            settings=_open_settings(place.settings),
            demo=_demo_facts(place.directory),
        )
        archive.finish(manifest)
    rows = sum(table.rows for table in tables.values())
    say(
        f"{file}: {rows} rows of {len(tables)} tables and {len(files)} files, {file.stat().st_size >> 10} KB."
    )
    say("It holds what the database holds, passwords of phones and trunks among it: keep it as safe as that.")


def restore(file: Path, *, data: Path | None, config: Path | None, replace: bool, say: Print) -> None:
    """Bring back what `file` holds; all of it or nothing. Raises SetupError, and then the installation is as it was."""
    with ArchiveReader.open(file) as archive:
        say(f"Checking {file}")
        archive.verify()
        manifest = archive.manifest
        with _place(data, config, alone=True) as place, _readable():
            require_room(place.directory, 300 + (2 * manifest.size >> 20))
            if not replace and any(place.files.rglob("*")):
                raise InstallationInUse(str(place.files))
            say(f"Restoring what was there on {manifest.made_at}")
            place.files.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (
                unpack_files(place.files, archive),
                restored_database(place.dsn, archive, replace=replace, finally_run=[_SIGN_IN_AGAIN]),
            ):
                pass
            if manifest.demo is not None and data is not None:
                _write_private(place.directory / "run" / "demo.json", json.dumps(manifest.demo, indent=2))
        rows = sum(table.rows for table in manifest.tables.values())
        say(f"{rows} rows and {len(manifest.files)} files are back. Everybody signs in again.")
        if manifest.settings:
            say(
                "Settings that the backed up installation had, for you to compare (secrets are not among them):"
            )
            for key, value in manifest.settings.items():
                say(f"  {key} = {json.dumps(value, ensure_ascii=False)}")


@contextmanager
def _place(data: Path | None, config: Path | None, *, alone: bool = False) -> Generator[_Place]:
    """The installation in `data` (a demo's directory, running or not), or that of the settings."""
    if data is None:
        settings = load_settings(config)
        yield _Place(settings.database_dsn, settings.data_dir.absolute(), settings)
        return
    directory = data.absolute()
    known = directory / "run" / "settings.toml"
    server = PostgresServer(directory / "postgres")
    if not alone and not known.exists() and not server.data.exists():
        raise SetupError(f"There is no demo in {data}: say which with --data DIR, or --config FILE.")
    settings = load_settings(known if known.exists() else config, defaults={"database_dsn": _EMBEDDED})
    if settings.database_dsn not in (_EMBEDDED, server.dsn()):  # the demo runs on a server of its owner's
        if alone:
            with directory_lock(directory):
                yield _Place(settings.database_dsn, directory, settings)
            return
        yield _Place(settings.database_dsn, directory, settings)
        return
    if not alone and server.accepts_connections():
        yield _Place(server.dsn(), directory, settings)
        return
    with directory_lock(directory):
        server.start()
        try:
            yield _Place(server.dsn(), directory, settings)
        finally:
            server.stop()


@contextmanager
def _readable() -> Generator[None]:
    """What the database says is for people, too."""
    try:
        yield
    except psycopg.errors.UndefinedTable as error:
        raise SetupError("The database holds no Tongdai: check DATABASE_URL, or --data DIR.") from error
    except psycopg.Error as error:
        first = str(error).strip().splitlines()[0]
        raise SetupError(f"The database refused ({first}): mend that and start again.") from error
    except OSError as error:
        raise SetupError(f"{error.filename or 'A file'}: {error.strerror}.") from error


def _open_settings(settings: Settings | None) -> dict[str, Any]:
    """What somebody chose and may be seen by whoever holds the archive."""
    if settings is None:
        return {}
    left_out = SECRETS | _OF_THIS_PLACE | _OF_THIS_PLACE_TOO
    return {
        key: value
        for key, value in settings.model_dump(mode="json", exclude_defaults=True).items()
        if key not in left_out
    }


def _demo_facts(directory: Path) -> dict[str, Any] | None:
    for path in (directory / "demo.json", directory / "run" / "demo.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads(path.read_text())
            return {key: facts[key] for key in _DEMO_KEYS}
    return None


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text + "\n")
