"""Routes of what forbids calls to outside: the do-not-call list, and the hours in which people may be called."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from tongdai.kit.ids import new_id
from tongdai.platform.bodies import Body, Change
from tongdai.platform.database import Transaction
from tongdai.platform.errors import WrongValue, invalid_field
from tongdai.platform.http import Me, Page, RuntimeOf, Tx
from tongdai.platform.paging import Asked, listed
from tongdai.telephony.outbound.dialplan import read_dialled
from tongdai.telephony.outbound.rules import (
    CALLING_HOURS,
    DO_NOT_CALL,
    CallingHoursRow,
    DialRuleRows,
    DoNotCallEntry,
    Imported,
    Listed,
)
from tongdai.telephony.repository import Lines
from tongdai.tenancy import public as tenancy
from tongdai.tenancy.public import Weekly

router = APIRouter(prefix="/api/v1", tags=["telephony"])
KEEP_LIST = "calls.do_not_call"
EDIT = "telephony.edit"
MOST_LINES = 50_000
UNREADABLE_SHOWN = 20

_PREFIX = re.compile(r"^\+[1-9][0-9]{0,14}$")
_SEPARATOR = re.compile(r"[;,\t]")


def _prefix(text: str) -> str:
    prefix = re.sub(r"[\s().\-–/]", "", text)
    if prefix == "+" or _PREFIX.match(prefix):
        return prefix
    raise WrongValue(
        "Begin with + and the country, such as +84 or +8490; a + alone is every number.", "prefix"
    )


Prefix = Annotated[str, StringConstraints(max_length=60), AfterValidator(_prefix)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class DoNotCallIn(Body):
    """A number as people write it, or with `prefix` the beginning of many. `until`: null for good."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    prefix: bool = False
    reason: Reason = ""
    until: AwareDatetime | None = None


class DoNotCallChange(Change):
    reason: Reason = ""
    until: AwareDatetime | None = None


class DoNotCallList(Body):
    """Numbers, one a line; after a comma, semicolon or tab each may have a reason of its own."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=5_000_000)]
    reason: Reason = ""
    until: AwareDatetime | None = None


class CallingHoursIn(Body):
    prefix: Prefix
    weekly: Weekly = Weekly()


class CallingHoursChange(Change):
    prefix: Prefix = "+"
    weekly: Weekly = Weekly()


def _in_future(until: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        raise invalid_field("until", "Choose a day that is still to come.", "past")


async def _read(tx: Transaction, number: str, *, prefix: bool) -> str:
    """The number as calls have it."""
    if prefix:
        try:
            found = _prefix(number)
        except WrongValue as error:
            raise invalid_field("number", str(error), "prefix") from error
        if found == "+":
            raise invalid_field("number", "Begin with + and the country, such as +84 or +8490.", "prefix")
        return found
    country, _ = await Lines(tx).country_and_zone()
    dialled = read_dialled(number, country)
    if dialled is None or sum(char.isdigit() for char in number) < 3:
        raise invalid_field("number", "Write it as you would dial it, or with + and the country.", "phone")
    return dialled.number


@router.get("/do-not-call")
async def list_do_not_call(me: Me, tx: Tx, asked: Asked) -> Page[DoNotCallEntry]:
    """Who must not be called."""
    me.reach(KEEP_LIST)
    return await listed(tx, DO_NOT_CALL, asked)


@router.post("/do-not-call", status_code=201)
async def post_do_not_call(body: DoNotCallIn, me: Me, tx: Tx, runtime: RuntimeOf) -> DoNotCallEntry:
    """Put a number on the list: from now on no call to it goes out. One that was taken off comes back."""
    me.reach(KEEP_LIST)
    now = runtime.clock.now()
    _in_future(body.until, now)
    number = await _read(tx, body.number, prefix=body.prefix)
    values = {"reason": body.reason, "until": body.until, "added_by": me.user_id}
    row_id = await DialRuleRows(tx).archived_entry(number, prefix=body.prefix)
    if row_id is None:
        row_id = await DO_NOT_CALL.add(tx, {"number": number, "prefix": body.prefix, **values})
    else:
        await DO_NOT_CALL.change(tx, row_id, {**values, "archived": False, "added_at": now})
    await tenancy.audit(tx, "do_not_call.created", "do_not_call", row_id)
    return await DO_NOT_CALL.get(tx, row_id)


@router.patch("/do-not-call/{entry_id}")
async def patch_do_not_call(
    entry_id: UUID, body: DoNotCallChange, me: Me, tx: Tx, runtime: RuntimeOf
) -> DoNotCallEntry:
    me.reach(KEEP_LIST)
    _in_future(body.until, runtime.clock.now())
    await DO_NOT_CALL.lock(tx, entry_id, body.version)
    values = body.values()
    await DO_NOT_CALL.change(tx, entry_id, {**values, "added_by": me.user_id})
    await tenancy.audit(tx, "do_not_call.changed", "do_not_call", entry_id, tenancy.changed_fields(values))
    return await DO_NOT_CALL.get(tx, entry_id)


@router.delete("/do-not-call/{entry_id}", status_code=204)
async def delete_do_not_call(entry_id: UUID, me: Me, tx: Tx) -> None:
    """Take a number off the list."""
    me.reach(KEEP_LIST)
    await DO_NOT_CALL.archive(tx, entry_id)
    await tenancy.audit(tx, "do_not_call.archived", "do_not_call", entry_id)


@router.post("/do-not-call/{entry_id}/restore")
async def restore_do_not_call(entry_id: UUID, me: Me, tx: Tx) -> DoNotCallEntry:
    me.reach(KEEP_LIST)
    await DO_NOT_CALL.archive(tx, entry_id, archived=False)
    await tenancy.audit(tx, "do_not_call.restored", "do_not_call", entry_id)
    return await DO_NOT_CALL.get(tx, entry_id)


@router.post("/do-not-call/import")
async def import_do_not_call(body: DoNotCallList, me: Me, tx: Tx, runtime: RuntimeOf) -> Imported:
    """Put a list of numbers on the list; those that are on it stay as they are."""
    me.reach(KEEP_LIST)
    _in_future(body.until, runtime.clock.now())
    lines = [line.strip() for line in body.text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise invalid_field("text", f"Bring in at most {MOST_LINES:,} numbers at once.", "long_list")
    country, _ = await Lines(tx).country_and_zone()
    entries, unreadable = read_list(lines, country, body.reason)
    added = await DialRuleRows(tx).add_all(entries, {"until": body.until, "by": me.user_id})
    await tenancy.audit(tx, "do_not_call.imported", "do_not_call", None, {"number": added})
    return Imported(added=added, known=len(entries) - added, unreadable=unreadable[:UNREADABLE_SHOWN])


def read_list(lines: list[str], country: str, reason: str) -> tuple[list[Listed], list[str]]:
    """The numbers of a list, each once, and the lines that hold none (a heading, say). `reason` is that of lines without one."""
    found: dict[str, Listed] = {}
    unreadable: list[str] = []
    for line in lines:
        written, *more = _SEPARATOR.split(line, maxsplit=1)
        written = written.strip(" \"'")
        letters = any(char.isalpha() for char in written)
        dialled = None if letters else read_dialled(written, country)
        if dialled is None or sum(char.isdigit() for char in written) < 3:
            unreadable.append(line[:80])
            continue
        own = more[0].strip(" \"'")[:200] if more else ""
        found.setdefault(dialled.number, Listed(dialled.number, own or reason))
    return list(found.values()), unreadable


async def _hours_changed(tx: Transaction, action: str, row_id: UUID, values: Mapping[str, Any]) -> None:
    await tenancy.audit(tx, action, "calling_hours", row_id, tenancy.changed_fields(values))


@router.get("/calling-hours")
async def list_calling_hours(me: Me, tx: Tx, asked: Asked) -> Page[CallingHoursRow]:
    me.reach(EDIT)
    return await listed(tx, CALLING_HOURS, asked)


@router.post("/calling-hours", status_code=201)
async def post_calling_hours(body: CallingHoursIn, me: Me, tx: Tx) -> CallingHoursRow:
    """When numbers that begin so may be called, by their own clock. The longest prefix decides."""
    me.reach(EDIT)
    values = body.model_dump(mode="json")
    row_id = new_id()
    await CALLING_HOURS.add(tx, values, row_id)
    await _hours_changed(tx, "calling_hours.created", row_id, values)
    return await CALLING_HOURS.get(tx, row_id)


@router.patch("/calling-hours/{rule_id}")
async def patch_calling_hours(rule_id: UUID, body: CallingHoursChange, me: Me, tx: Tx) -> CallingHoursRow:
    me.reach(EDIT)
    await CALLING_HOURS.lock(tx, rule_id, body.version)
    values = body.values()
    await CALLING_HOURS.change(tx, rule_id, values)
    await _hours_changed(tx, "calling_hours.changed", rule_id, values)
    return await CALLING_HOURS.get(tx, rule_id)


@router.delete("/calling-hours/{rule_id}", status_code=204)
async def delete_calling_hours(rule_id: UUID, me: Me, tx: Tx) -> None:
    me.reach(EDIT)
    await CALLING_HOURS.archive(tx, rule_id)
    await _hours_changed(tx, "calling_hours.archived", rule_id, {})


@router.post("/calling-hours/{rule_id}/restore")
async def restore_calling_hours(rule_id: UUID, me: Me, tx: Tx) -> CallingHoursRow:
    me.reach(EDIT)
    await CALLING_HOURS.archive(tx, rule_id, archived=False)
    await _hours_changed(tx, "calling_hours.restored", rule_id, {})
    return await CALLING_HOURS.get(tx, rule_id)
