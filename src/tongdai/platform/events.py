"""The event log and those who listen to it.

Three ways to listen:

- `on_fact(Type, callback)`: in memory, for actors and caches of this process. Facts of this process arrive at once after the
  commit, those of other nodes through the ordered reader; each fact arrives exactly once per process while it runs.
- `handle(Type, name, handler)`: durable. The handler runs in a transaction of its own in which its mark is stored too, so
  that its effects happen once; what a crash interrupted, the reader hands over again.
- `follow(callback)`: the ordered reader itself, in log order, in batches; feeds browsers and live figures.

Log order is (tx, id) below the oldest running transaction: reading `id > last` would lose rows that commit late.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tongdai.platform.database.transaction import Transaction
from tongdai.platform.facts import FACTS, Fact, Position, Recorded

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Handler:
    """A durable subscription; `name` identifies its marks and must never change meaning."""

    name: str
    fact_type: str
    run: Callable[[Transaction, Recorded], Awaitable[None]]


class Subscriptions:
    """Who listens to what. Filled while modules register; fixed afterwards."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[Callable[[Recorded], None]]] = {}
        self.handlers: dict[str, list[Handler]] = {}
        self.followers: list[Callable[[Sequence[Recorded]], Awaitable[None]]] = []
        self.passed: list[Callable[[str], None]] = []

    def on_fact(self, fact: type[F], callback: Callable[[Recorded], None]) -> None:
        self.listeners.setdefault(fact.type, []).append(callback)

    def handle(
        self, fact: type[F], name: str, handler: Callable[[Transaction, Recorded], Awaitable[None]]
    ) -> None:
        self.handlers.setdefault(fact.type, []).append(Handler(name, fact.type, handler))

    def follow(self, callback: Callable[[Sequence[Recorded]], Awaitable[None]]) -> None:
        self.followers.append(callback)

    def on_passed(self, callback: Callable[[str], None]) -> None:
        """Have `callback` called with what any process on the database passes on without keeping it (see `passing`)."""
        self.passed.append(callback)


def encode_position(position: Position) -> str:
    return f"{position[0]}.{position[1]}"


def decode_position(text: str) -> Position | None:
    """The position that a client holds, or None when it is not one of ours."""
    tx, _, number = text.partition(".")
    if tx.isdecimal() and number.isdecimal() and len(text) < 40:
        return int(tx), int(number)
    return None


ROWS = "SELECT tx::text::bigint, id, at, tenant_id, type, body FROM event_log"
AFTER = "(tx, id) > (%(tx)s::text::xid8, %(id)s)"


def recorded(rows: Sequence[tuple[Any, ...]]) -> list[Recorded]:
    """A type that this version does not know (a newer node wrote it) is not ours to act on."""
    return [
        Recorded((tx, number), at, tenant, FACTS[kind].model_validate(body))
        for tx, number, at, tenant, kind, body in rows
        if kind in FACTS
    ]


async def read_after(
    tx: Transaction, after: Position, limit: int = 1000, types: Sequence[str] | None = None
) -> list[Recorded]:
    """The next facts (of these types) in log order, as far as no running transaction can still put one before them."""
    return recorded(
        await tx.fetch_tuples(
            f"{ROWS} WHERE {AFTER} AND tx < pg_snapshot_xmin(pg_current_snapshot())"
            " AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s)) ORDER BY tx, id LIMIT %(limit)s",
            {"tx": str(after[0]), "id": after[1], "limit": limit, "types": types},
        )
    )


async def log_end(tx: Transaction) -> Position:
    """A position that is before every fact not yet visible: start following from here after taking a snapshot."""
    xmin = await tx.fetch_value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return (xmin - 1, 2**62)
