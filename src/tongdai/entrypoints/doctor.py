"""`tongdai doctor`: what is wrong with this installation, and how to mend it."""

import json
import shutil
import socket
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import psycopg

from tongdai.platform.config import Settings
from tongdai.platform.embedded.asterisk_modules import OPTIONAL, REQUIRED
from tongdai.platform.embedded.certificates import own_address

Verdict = Literal["ok", "hint", "wrong"]

_LONG_TRANSACTION_S = 5
_LARGEST_SKEW_S = 2
_FREE_WANTED_MB = 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined. `text` of anything but "ok" ends in the mend."""

    verdict: Verdict
    subject: str
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; no check needs another to succeed."""
    checks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _database,
        _asterisk,
        _desktop,
        _disk,
        _media_address,
    )
    return [finding for check in checks for finding in check(settings)]


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        connection = psycopg.connect(settings.database_dsn, connect_timeout=5, autocommit=True)
    except psycopg.Error as error:
        text = (
            f"it cannot be reached ({str(error).strip().splitlines()[0]}): start it, or correct DATABASE_URL."
        )
        yield Finding("wrong", "Database", text)
        return
    with connection:
        yield Finding("ok", "Database", f"PostgreSQL {connection.info.server_version // 10000} answers")
        yield _role(connection)
        yield from _long_transactions(connection)
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        yield _clock(row[0] if row else datetime.now(UTC))
    yield _schema(settings)


def _role(connection: psycopg.Connection[tuple[Any, ...]]) -> Finding:
    row = connection.execute(
        "SELECT rolsuper OR rolbypassrls, rolname FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row is not None and row[0]:
        text = (
            f"the role {row[1]} bypasses row-level security, which keeps tenants apart: connect as a role with "
            "NOSUPERUSER NOBYPASSRLS that owns the database."
        )
        return Finding("wrong", "Database role", text)
    return Finding("ok", "Database role", "subject to row-level security")


def _long_transactions(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Finding]:
    rows = connection.execute(
        "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - xact_start)::int FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
        " AND clock_timestamp() - xact_start > make_interval(secs => %s)",
        [_LONG_TRANSACTION_S],
    ).fetchall()
    for pid, name, seconds in rows:
        text = (
            f"process {pid} ({name or 'unnamed'}) writes for {seconds} s, and events wait for it: find out what it "
            f"does, or end it with SELECT pg_terminate_backend({pid})."
        )
        yield Finding("wrong", "Long transaction", text)
    if not rows:
        yield Finding("ok", "Long transactions", "none")


def _clock(database: datetime) -> Finding:
    skew = abs((datetime.now(UTC) - database).total_seconds())
    if skew > _LARGEST_SKEW_S:
        text = f"this machine and the database differ by {skew:.1f} s: run a time service (chrony) on both."
        return Finding("wrong", "Clock", text)
    return Finding("ok", "Clock", "agrees with the database's")


def _schema(settings: Settings) -> Finding:
    from tongdai.platform.migrations import current

    found, newest = current(settings.database_dsn)
    if found != newest:
        return Finding("wrong", "Schema", f"at {found}, the program wants {newest}: run `tongdai migrate`.")
    return Finding("ok", "Schema", f"current ({found})")


def _asterisk(settings: Settings) -> Iterator[Finding]:
    if not settings.ari_url:
        text = (
            "no Asterisk is configured: set TONGDAI_ARI_URL and TONGDAI_ARI_PASSWORD, or use `tongdai demo`."
        )
        yield Finding("wrong", "Asterisk", text)
        return
    try:
        info = _ari(settings, "asterisk/info")
        modules = {
            str(module["name"]).removesuffix(".so"): str(module["status"])
            for module in _ari(settings, "asterisk/modules")
        }
    except urllib.error.HTTPError as error:
        text = f"{settings.ari_url} answers {error.code}: check TONGDAI_ARI_USER, TONGDAI_ARI_PASSWORD and ari.conf."
        yield Finding("wrong", "Asterisk", text)
        return
    except (OSError, ValueError) as error:
        yield Finding("wrong", "Asterisk", f"{settings.ari_url} does not answer ({error}): start it.")
        return
    yield Finding("ok", "Asterisk", f"{info.get('system', {}).get('version', '')} answers")
    lacking = [name for name in REQUIRED if modules.get(name) != "Running"]
    if lacking:
        text = f"not running: {', '.join(lacking)}: load them in modules.conf."
        yield Finding("wrong", "Asterisk modules", text)
    else:
        yield Finding("ok", "Asterisk modules", "all that are needed run")
    if not {"codec_opus", "codec_opus_open_source"} & modules.keys():
        yield Finding("hint", "Codec", "no Opus: browsers use G.711; load codec_opus for better sound.")
    missing = [name for name in OPTIONAL if name not in modules and not name.startswith("codec_opus")]
    if missing:
        yield Finding("hint", "Asterisk modules", f"do without {', '.join(missing)}.")


def _ari(settings: Settings, path: str) -> Any:
    credentials = b64encode(f"{settings.ari_user}:{settings.ari_password}".encode()).decode()
    request = urllib.request.Request(f"{settings.ari_url}/{path}")  # noqa: S310 (validated as http(s))
    request.add_header("Authorization", f"Basic {credentials}")
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return json.load(answer)


def _desktop(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.public_url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    started = time.monotonic()
    try:
        socket.create_connection((host, port), 5).close()
    except OSError as error:
        yield Finding(
            "wrong", "Desktop", f"{settings.public_url} cannot be reached ({error}): start the edge."
        )
    else:
        elapsed = (time.monotonic() - started) * 1000
        yield Finding("ok", "Desktop", f"{settings.public_url} answers in {elapsed:.0f} ms")
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        text = "browsers give the microphone only over HTTPS: use `--listen ADDR`, or a certificate of yours."
        yield Finding("wrong", "Microphone", text)
    yield from _certificate(settings)


def _certificate(settings: Settings) -> Iterator[Finding]:
    from cryptography import x509

    own = settings.data_dir / "tls" / "edge.pem"
    file = settings.tls_certificate or (
        own if own.exists() and settings.public_url.startswith("https") else None
    )
    if file is None:
        return
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        yield Finding("wrong", "Certificate", f"{file} cannot be read ({error}): give a PEM file.")
        return
    days = (certificate.not_valid_after_utc - datetime.now(UTC)).days
    if days < 14:
        yield Finding("wrong", "Certificate", f"{file} ends in {days} days: renew it and start again.")
    else:
        yield Finding("ok", "Certificate", f"valid for {days} days")


def _disk(settings: Settings) -> Iterator[Finding]:
    if not settings.data_dir.exists():
        yield Finding(
            "wrong", "Disk", f"{settings.data_dir} is missing: make it, or correct TONGDAI_DATA_DIR."
        )
        return
    free = shutil.disk_usage(settings.data_dir).free >> 20
    if free < _FREE_WANTED_MB:
        yield Finding("wrong", "Disk", f"only {free} MB are free in {settings.data_dir}: free some room.")
    else:
        yield Finding("ok", "Disk", f"{free} MB free in {settings.data_dir}")


def _media_address(settings: Settings) -> Iterator[Finding]:
    if own_address() is None and settings.external_address is None:
        text = (
            "this machine has only its loopback address, for which browsers and Asterisk offer no path for sound: "
            "connect it to a network, or run `sudo ip address add 192.0.2.9/32 dev lo`."
        )
        yield Finding("hint", "Sound in the browser", text)
