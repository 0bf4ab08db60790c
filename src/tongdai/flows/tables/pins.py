"""PINs of callers: compared in the call's own transaction, and counted so that nobody tries them through.

A PIN of four digits is worth only what counts wrong ones. They are counted for the row, whoever calls (a number can be
pretended), and for the caller's number, whichever row is tried. The PIN itself is in no statement, fact or log.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tongdai.flows.commands import CheckPin
from tongdai.flows.performers import Performing
from tongdai.flows.replies import Reply
from tongdai.flows.tables.performing import is_key, key_for, named
from tongdai.flows.tables.policies import Kind
from tongdai.flows.tables.repository import CallerTries, DataTables, Guarded
from tongdai.kit.phone import is_withheld, parse_number
from tongdai.people.public import verify_password
from tongdai.tenancy.public import country_of


@dataclass(frozen=True, slots=True)
class Limit:
    """From the `free`th wrong one in a row on, a lock of `first`, doubled by each more, at most `longest`."""

    free: int
    first: timedelta
    longest: timedelta = timedelta(hours=24)

    def lock(self, failures: int, at: datetime) -> datetime | None:
        if failures < self.free:
            return None
        return at + min(self.longest, self.first * 2 ** min(failures - self.free, 20))


OF_ROW = Limit(5, timedelta(minutes=15))
OF_CALLER = Limit(10, timedelta(hours=1))
FORGOTTEN = timedelta(hours=24)
"""So long after the first, a caller's wrong ones are counted anew. A right PIN ends only the count of its row: else who has one
of their own could try others' for ever."""


async def check(performing: Performing, command: CheckPin) -> Reply:
    """Holds the row for the 20 ms that comparing takes by design: no two calls try PINs of one row at once."""
    tables, at = DataTables(performing.tx), performing.at
    table = await tables.by_name(command.table)
    columns = table.typed() if table is not None else []
    column = named(columns, command.column)
    if (
        table is None
        or column is None
        or column.kind != Kind.SECRET
        or not is_key(columns, tuple(command.key))
    ):
        return Reply(command.id, "failed", {"reason": "the table is not as the flow has it"})
    country = await country_of(performing.tx)
    caller = _caller(performing.tx.tenant_id, command.caller, country)
    key = key_for(columns, command.key, country)
    row = await tables.guarded(table.id, key) if key is not None else None
    tries = await tables.caller_tries(caller, at - FORGOTTEN, at) if caller else None
    if _locked(row, at) or _locked(tries, at):
        return Reply(command.id, "locked")
    stored = row.secrets.get(column.id) if row is not None else None
    right = await asyncio.to_thread(verify_password, stored, command.pin.get_secret_value())
    if right:
        if row is not None and row.failures:
            await tables.note_tries(row.id, 0, None)
        return Reply(command.id, "verified")
    locked: list[datetime | None] = []
    if row is not None:
        failures = min(row.failures + 1, 1_000)
        locked.append(OF_ROW.lock(failures, at))
        await tables.note_tries(row.id, failures, locked[-1])
    if caller:
        failures = min((tries.failures if tries is not None else 0) + 1, 1_000)
        locked.append(OF_CALLER.lock(failures, at))
        begun = tries.at if tries is not None else at
        await tables.note_caller(caller, CallerTries(failures, locked[-1], begun))
        await tables.forget_callers(at - FORGOTTEN, at)
    return Reply(command.id, "locked" if any(locked) else "wrong")


def _locked(tried: Guarded | CallerTries | None, at: datetime) -> bool:
    return tried is not None and tried.locked_until is not None and tried.locked_until > at


def _caller(tenant: UUID, number: str, country: str) -> str:
    """By what a caller is known here: not the number itself. Nothing for those who withhold it: they are many."""
    if is_withheld(number):
        return ""
    known = parse_number(number, country).e164 or number
    return hashlib.sha256(f"{tenant}:{known}".encode()).hexdigest()
