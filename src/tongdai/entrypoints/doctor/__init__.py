"""`tongdai doctor`: what is wrong with this installation, and how to mend it. One file per part that is examined."""

from collections.abc import Callable, Iterator

import psycopg

from tongdai.entrypoints.doctor.asterisk import asterisk, calls
from tongdai.entrypoints.doctor.database import database
from tongdai.entrypoints.doctor.desktop import desktop
from tongdai.entrypoints.doctor.files import files
from tongdai.entrypoints.doctor.finding import Finding
from tongdai.entrypoints.doctor.machine import machine
from tongdai.entrypoints.doctor.relay import relays
from tongdai.entrypoints.doctor.trunks import trunks
from tongdai.platform.config import Settings

__all__ = ["CHECKS", "Finding", "examine"]

Check = Callable[[Settings], Iterator[Finding]]
CHECKS: dict[str, Check] = {
    "Database": database,
    "Asterisk": asterisk,
    "Calls": calls,
    "Trunks": trunks,
    "Desktop": desktop,
    "Files": files,
    "Relay": relays,
    "Machine": machine,
}


def examine(settings: Settings) -> list[Finding]:
    """Examine everything; no check needs another to succeed, and one that fails itself says so."""
    return [finding for subject, check in CHECKS.items() for finding in _survived(subject, check, settings)]


def _survived(subject: str, check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except (psycopg.Error, OSError, ValueError, KeyError) as error:
        text = f"the examination itself failed ({type(error).__name__}: {error}): mend the rest, then examine again."
        yield Finding("wrong", subject, " ".join(text.split()))
