"""Reads that leave together, as one statement: the counterpart of `writes`.

What an event needs to know is usually known beforehand: the interaction, the offer, the agent. One by one, each row costs a trip
to the server; as the columns of one SELECT they cost one. Each part sees the same snapshot. Locks are taken part after part, in
the order given, and a part that had to wait gives its row as it is then; but a row that came into being meanwhile is not seen. So
do not put what a transaction may be adding right now behind the lock that it holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar

from tongdai.platform.database.driver import PLACE

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Read(Generic[Row]):
    """Rows to read: `row` is a dataclass whose fields are the selected columns, in order, none of them an array."""

    row: type[Row]
    sql: str
    parameters: Mapping[str, Any]

    def locked(self) -> "Read[Row]":
        """The same, locking the rows until the transaction ends. What refers to them (a new row's foreign key) need not wait:
        keys never change."""
        return replace(self, sql=f"{self.sql} FOR NO KEY UPDATE")


@lru_cache(maxsize=1000)
def together(statements: tuple[str, ...]) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text of all reads as one, and which parameter of which read stands at each place."""
    places: list[tuple[int, str]] = []

    def positional(part: int, sql: str) -> str:
        def place(name: str) -> str:
            key = (0 if name == "tenant" else part, name)
            if key not in places:
                places.append(key)
            return f"${places.index(key) + 1}"

        return PLACE.sub(lambda m: place(m[1]) if m[1] else "%", sql)

    parts = [f"ARRAY(SELECT q FROM ({positional(n, sql)}) q)" for n, sql in enumerate(statements)]
    return f"SELECT {', '.join(parts)}", tuple(places)
