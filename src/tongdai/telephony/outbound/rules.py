"""The do-not-call list and the hours of calling: rows and SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from tongdai.crm import public as crm
from tongdai.kit.ids import new_id
from tongdai.people import public as people
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, EditedRow
from tongdai.telephony.outbound.dialplan import Dialled
from tongdai.telephony.policies import (
    Blocked,
    CallerIdRule,
    CallingHours,
    DialRules,
    WhoCalls,
    caller_id_rule,
    prefixes_of,
)
from tongdai.telephony.repository import Lines
from tongdai.tenancy.public import audit


class DoNotCallEntry(EditedRow):
    """Who must not be called. `prefix`: all numbers that begin so. `by` is the name of who wrote it down last."""

    number: str
    prefix: bool
    reason: str
    until: datetime | None
    by: str | None
    added_at: datetime


class CallingHoursRow(EditedRow):
    """When numbers that begin with `prefix` may be called, by their own clock."""

    prefix: str
    weekly: dict[str, Any]


class CallerIdRow(EditedRow):
    """Which of the centre's numbers are shown to whom is called. The first rule that fits decides; empty conditions fit all."""

    order: int
    prefixes: list[str]
    queue_ids: list[UUID]
    team_ids: list[UUID]
    user_ids: list[UUID]
    project_ids: list[UUID]
    number_ids: list[UUID]
    may_choose: bool


class LastDialled(BaseModel):
    """An outside number that I called, and whom that reached."""

    number: str
    name: str
    at: datetime


class Imported(BaseModel):
    """What became of the lines of a list: `unreadable` are the first of those that hold no number."""

    added: int
    known: int
    unreadable: list[str]


DO_NOT_CALL = Edited(
    "do_not_call",
    DoNotCallEntry,
    order="t.number",
    search="(t.number || ' ' || t.reason)",
    computed={
        "by": "(SELECT u.name FROM users u WHERE (u.tenant_id, u.id) = (t.tenant_id, t.added_by))",
    },
    unique={"do_not_call_tenant_id_number_prefix_key": "number"},
)
CALLING_HOURS = Edited(
    "calling_hours",
    CallingHoursRow,
    order="t.prefix",
    search="t.prefix",
    json=frozenset({"weekly"}),
    unique={"calling_hours_tenant_id_prefix_key": "prefix"},
)


CALLER_IDS = Edited(
    "caller_id_rules",
    CallerIdRow,
    order="lpad(t.order::text, 6, '0')",
    search="t.prefixes",
    json=frozenset({"prefixes", "queue_ids", "team_ids", "user_ids", "project_ids", "number_ids"}),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A number of a list that is brought in."""

    number: str
    reason: str


class DialRuleRows:
    """What forbids calls."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def concerning(self, number: str) -> DialRules:
        """The rules that may concern a number: found by what it begins with, however long the list is."""
        prefixes = prefixes_of(number)
        blocked = await self._tx.fetch_all(
            Blocked,
            "SELECT number, prefix, reason, until FROM do_not_call WHERE tenant_id = %(tenant)s"
            " AND number = ANY(%(prefixes)s) AND NOT archived",
            {"prefixes": prefixes},
        )
        hours = await self._tx.fetch_all(
            CallingHours,
            "SELECT prefix, weekly FROM calling_hours WHERE tenant_id = %(tenant)s"
            " AND prefix = ANY(%(prefixes)s) AND NOT archived",
            {"prefixes": prefixes},
        )
        _, home_zone = await Lines(self._tx).country_and_zone()
        return DialRules(blocked, hours, home_zone)

    async def archived_entry(self, number: str, *, prefix: bool) -> UUID | None:
        return await self._tx.fetch_value(
            "SELECT id FROM do_not_call WHERE tenant_id = %(tenant)s AND number = %(number)s"
            " AND prefix = %(prefix)s AND archived FOR UPDATE",
            {"number": number, "prefix": prefix},
        )

    async def block(self, number: str, until: datetime | None, by: UUID) -> None:
        """Put one number on the list, and write it down; one that is on it already stays as it is."""
        added = await self._tx.fetch_value(
            "INSERT INTO do_not_call AS d (tenant_id, id, number, prefix, reason, until, added_by)"
            " VALUES (%(tenant)s, %(id)s, %(number)s, false, '', %(until)s::timestamptz, %(by)s::uuid)"
            " ON CONFLICT (tenant_id, number, prefix) DO UPDATE SET archived = false, until = excluded.until,"
            " added_by = excluded.added_by, added_at = now(), version = d.version + 1 WHERE d.archived RETURNING id",
            {"id": new_id(), "number": number, "until": until, "by": by},
        )
        if added is not None:
            await audit(self._tx, "do_not_call.created", "do_not_call", added, {"by": "result"}, by=by)

    async def add_all(self, entries: Sequence[Listed], values: Mapping[str, Any]) -> int:
        """Write down numbers that are not on the list; gives how many were not."""
        return await self._tx.execute(
            "INSERT INTO do_not_call AS d (tenant_id, id, number, prefix, reason, until, added_by)"
            " SELECT %(tenant)s, n.id, n.number, false, n.reason, %(until)s::timestamptz, %(by)s::uuid"
            " FROM unnest(%(ids)s::uuid[], %(numbers)s::text[], %(reasons)s::text[]) AS n(id, number, reason)"
            " ON CONFLICT (tenant_id, number, prefix) DO UPDATE SET archived = false, reason = excluded.reason,"
            " until = excluded.until, added_by = excluded.added_by, added_at = now(), version = d.version + 1"
            " WHERE d.archived",
            {
                "ids": [new_id() for _ in entries],
                "numbers": [entry.number for entry in entries],
                "reasons": [entry.reason for entry in entries],
                **values,
            },
        )

    async def caller_ids(self) -> list[CallerIdRule]:
        """The rules in the order in which they are asked."""
        rows = await CALLER_IDS.page(self._tx, limit=1000)
        return [
            CallerIdRule(
                row.prefixes,
                row.queue_ids,
                row.team_ids,
                row.user_ids,
                row.project_ids,
                row.number_ids,
                row.may_choose,
            )
            for row in rows
        ]

    async def caller_id_rule(
        self,
        user_id: UUID,
        sources: people.PrincipalSources,
        dialled: Dialled,
        project_id: UUID | None = None,
    ) -> CallerIdRule | None:
        """By which rule a number is shown to whom this user calls, for a project if there is one."""
        rules = await self.caller_ids()
        if not rules:
            return None
        (person,) = await people.list_people(self._tx, [user_id])
        who = WhoCalls(user_id, frozenset(person.team_ids), await sources.queue_ids(self._tx, user_id))
        return caller_id_rule(rules, who, dialled.number, project_id)

    async def last_dialled(self, user_id: UUID, limit: int) -> list[LastDialled]:
        """The outside numbers that a user called last, each once, the last first."""
        rows = await self._tx.fetch_tuples(
            "SELECT number, contact_id, at FROM (SELECT DISTINCT ON (number) coalesce(i.peer, i.peer_raw) AS number,"
            " i.contact_id, i.started_at AS at FROM (SELECT interaction_id FROM calls"
            " WHERE tenant_id = %(tenant)s AND direction = 'outbound' AND user_id = %(user)s"
            " ORDER BY started_at DESC LIMIT 100) mine JOIN interactions i"
            " ON i.tenant_id = %(tenant)s AND i.id = mine.interaction_id ORDER BY number, i.started_at DESC) one"
            " ORDER BY at DESC LIMIT %(limit)s",
            {"user": user_id, "limit": limit},
        )
        contacts = await crm.contact_refs(self._tx, [row[1] for row in rows if row[1]])
        return [
            LastDialled(number=number, name=contacts[contact].name if contact in contacts else "", at=at)
            for number, contact, at in rows
        ]
