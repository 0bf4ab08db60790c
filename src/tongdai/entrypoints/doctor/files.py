"""Where files are kept: room, rights, and that every recording of the log and every file of conversations is there."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tongdai.entrypoints.doctor.finding import Finding
from tongdai.platform.config import Settings
from tongdai.platform.sealed import SUFFIX, Damaged, KeyMissing, KeyRing, key_of

_FREE_WANTED_MB = 1024
_LOOKED_AT = 1000
_STUCK = "10 minutes"


def files(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists():
        yield Finding("wrong", "Disk", f"{folder} is missing: make it, or correct TONGDAI_DATA_DIR.")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        text = f"{folder} may not be written by this user: change its owner, or run this as the one that runs the app."
        yield Finding("wrong", "Disk", text)
        return
    yield from _room(settings)
    yield from _kept(settings)


def _room(settings: Settings) -> Iterator[Finding]:
    """Of every file system that something of ours is on (as root, PostgreSQL's data may be on another one)."""
    places = [settings.data_dir, settings.asterisk_recordings, _of_the_database(settings)]
    seen: set[int] = set()
    for place in places:
        if place is None or not place.exists() or (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(place).free >> 20
        if free < _FREE_WANTED_MB:
            yield Finding("wrong", "Disk", f"only {free} MB are free in {place}: free some room.")
        else:
            yield Finding("ok", "Disk", f"{free} MB free in {place}")


def _of_the_database(settings: Settings) -> Path | None:
    """The embedded server's directory, told by its socket."""
    try:
        host = str(conninfo_to_dict(settings.database_dsn).get("host") or "")
    except psycopg.Error:
        return None
    return Path(host).parent if host.startswith("/") else None


def _kept(settings: Settings) -> Iterator[Finding]:
    try:
        connection = psycopg.connect(settings.database_dsn, connect_timeout=5, autocommit=True)
    except psycopg.Error:
        return  # said under Database
    with connection:
        connection.execute("SET tongdai.tenant = '*'")
        try:
            stored = _newest(connection, "recordings WHERE state = 'stored' ORDER BY started_at")
            sent = _newest(connection, "attachments WHERE NOT gone ORDER BY created_at")
            waiting = connection.execute(
                "SELECT count(*) FROM recordings WHERE state = 'collecting'"
                f" AND started_at < clock_timestamp() - interval '{_STUCK}'"
            ).fetchone()
        except psycopg.errors.UndefinedTable:
            return
    yield _recordings(settings, stored, waiting[0] if waiting else 0)
    if sent:
        yield _missing(settings, "Conversations", "files", sent) or _keys(settings, "Conversations", sent)


def _newest(connection: psycopg.Connection[tuple[str]], rows: LiteralString) -> list[str]:
    return [path for (path,) in connection.execute(f"SELECT path FROM {rows} DESC LIMIT %s", [_LOOKED_AT])]


def _recordings(settings: Settings, stored: list[str], waiting: int) -> Finding:
    missing = _missing(settings, "Recordings", "recordings", stored)
    if missing is None and waiting:
        text = (
            f"{waiting} recordings wait to be collected for more than {_STUCK}: set TONGDAI_ASTERISK_RECORDINGS to "
            "Asterisk's spool as the app sees it, and look into the app's log."
        )
        return Finding("wrong", "Recordings", text)
    return missing or _keys(settings, "Recordings", stored)


def _missing(settings: Settings, about: str, what: str, paths: list[str]) -> Finding | None:
    missing = [path for path in paths if not (settings.data_dir / "files" / path).is_file()]
    if not missing:
        return None
    text = (
        f"{len(missing)} of the last {len(paths)} {what} are not in {settings.data_dir / 'files'} (the first: "
        f"{missing[0]}): bring the directory back from a backup, or correct TONGDAI_DATA_DIR."
    )
    return Finding("wrong", about, text)


def _keys(settings: Settings, about: str, paths: list[str]) -> Finding:
    """Whether what is encrypted can be read."""
    ring = KeyRing(settings.key_ring)
    unreadable: dict[str, int] = {}
    for path in paths:
        if path.endswith(SUFFIX):
            try:
                ring.key(key_of(settings.data_dir / "files" / path))
            except KeyMissing as error:
                unreadable[str(error)] = unreadable.get(str(error), 0) + 1
            except Damaged as error:
                return Finding("wrong", about, f"{error}: bring the file back from a backup.")
    if unreadable:
        lost = f"{sum(unreadable.values())} of the last {len(paths)} cannot be read"
        text = f"{lost}, {next(iter(unreadable))}: bring the key file back."
        return Finding("wrong", about, text)
    if ring.path.exists() and ring.path.stat().st_mode & 0o077:
        return Finding("wrong", about, f"others can read the keys: chmod 600 {ring.path}.")
    open_ = sum(not path.endswith(SUFFIX) for path in paths)
    text = f"the last {len(paths)} are there" + (f", {open_} of them not encrypted" if open_ else "")
    return Finding("ok", about, text)
