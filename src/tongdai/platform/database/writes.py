"""Writes that nobody waits for leave together, as one statement.

A statement costs a trip to the server and about 0.2 ms of Python, whatever it does; a call writes some thirty rows. So writes
whose outcome is not asked for are kept until something must be read (or the transaction ends) and then sent as the parts of
one WITH. PostgreSQL runs the parts on one snapshot and in no order that can be seen, which is the same thing as long as no two
of them touch the same rows and none reads what another writes. `Writes.takes` keeps to that: of one table it takes several
INSERTs, or one UPDATE or DELETE; with an UPDATE also INSERTs that are said to be `apart` from it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tongdai.platform.database.driver import PLACE

_TARGET = re.compile(r"\s*(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)")
MOST = 20
"""So many parts at most, so that the variety of statements to prepare stays small."""


class Writes:
    """The writes of one transaction that have not been sent."""

    def __init__(self) -> None:
        self._statements: list[str] = []
        self._parameters: list[dict[str, Any]] = []
        self._inserted: set[str] = set()
        self._changed: set[str] = set()
        self._deleted: set[str] = set()
        self._rows: dict[tuple[str, object], int] = {}

    def __bool__(self) -> bool:
        return bool(self._statements)

    def takes(self, sql: str, *, apart: bool = False) -> bool:
        """Whether `sql` may leave together with what waits. An INSERT is `apart` when no constraint can set its row against
        those that were updated."""
        found = target(sql)
        if found is None or len(self._statements) >= MOST:
            return False
        table, inserts = found
        if inserts and apart:
            return table not in self._deleted
        return table not in self._changed and (inserts or table not in self._inserted)

    def add(self, sql: str, parameters: Mapping[str, Any], row: object = None) -> None:
        """Keep a write that `takes` admits."""
        found = target(sql)
        assert found is not None, "only INSERT, UPDATE and DELETE can wait"
        table, inserts = found
        (self._inserted if inserts else self._changed).add(table)
        if _deletes(sql):
            self._deleted.add(table)
        if row is not None:
            self._rows[table, row] = len(self._statements)
        self._statements.append(sql)
        self._parameters.append(dict(parameters))

    def renew(self, sql: str, parameters: Mapping[str, Any], row: object) -> bool:
        """Let a write of the whole row that still waits (its insertion too) carry the newer values; False when none waits."""
        found = target(sql)
        place = self._rows.get((found[0], row)) if found else None
        if place is None:
            return False
        self._parameters[place] |= parameters
        return True

    def drain(self) -> tuple[str, list[Any]]:
        """One statement for all that waits (the last write is its main part) in PostgreSQL's `$1` notation, and its values."""
        text, places = merged(tuple(self._statements))
        values = [self._parameters[part][name] for part, name in places]
        self.__init__()
        return text, values


def _deletes(sql: str) -> bool:
    return sql.lstrip().startswith("DELETE")


@lru_cache(maxsize=1000)
def target(sql: str) -> tuple[str, bool] | None:
    """(table, whether it inserts) of a write; None for anything else."""
    found = _TARGET.match(sql)
    return (found[2], found[1].startswith("INSERT")) if found else None


@lru_cache(maxsize=1000)
def merged(statements: Sequence[str]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text of all statements as one, and which parameter of which statement stands at each place."""
    places: list[tuple[int, str]] = []
    numbers: dict[tuple[int, str], int] = {}

    def number(part: int, name: str) -> int:
        key = (0 if name == "tenant" else part, name)
        if key not in numbers:
            places.append(key)
            numbers[key] = len(places)
        return numbers[key]

    def positional(part: int, sql: str) -> str:
        return PLACE.sub(lambda m: f"${number(part, m[1])}" if m[1] else "%", sql)

    texts = [positional(part, sql) for part, sql in enumerate(statements)]
    before = ", ".join(f"w{part} AS ({text})" for part, text in enumerate(texts[:-1]))
    return (f"WITH {before} {texts[-1]}" if before else texts[-1]), tuple(places)
