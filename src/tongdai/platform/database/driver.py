"""The driver: asyncpg behind the few words that the rest of the product uses (docs/adr/0009).

SQL is written with named parameters, `%(name)s`; the server numbers them. JSON goes in as `Jsonb(value)` and comes out as
Python values. Errors are asyncpg's, under the names that SQL gives them.
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar, cast

import asyncpg
from asyncpg import exceptions as errors
from pydantic_core import from_json, to_json

Row = TypeVar("Row")
_asyncpg = cast(Any, asyncpg)


class Connection(Protocol):
    """What is used of asyncpg's connections."""

    async def execute(self, query: str, *args: Any) -> str: ...
    async def executemany(self, command: str, args: Sequence[Sequence[Any]]) -> None: ...
    async def fetch(self, query: str, *args: Any) -> list[Any]: ...
    async def add_listener(self, channel: str, callback: Callable[..., None]) -> None: ...
    def add_termination_listener(self, callback: Callable[..., None]) -> None: ...
    async def set_type_codec(self, typename: str, **options: Any) -> None: ...
    def is_closed(self) -> bool: ...
    def terminate(self) -> None: ...


class Pool(Protocol):
    """What is used of asyncpg's pools."""

    async def acquire(self, *, timeout: float) -> Connection: ...  # noqa: ASYNC109
    async def release(self, connection: Connection) -> None: ...
    async def close(self) -> None: ...
    def terminate(self) -> None: ...


InterfaceError = errors.InterfaceError
"""The connection cannot be used so; also because it is closed."""
UniqueViolation = errors.UniqueViolationError
ForeignKeyViolation = errors.ForeignKeyViolationError
RefusedValue = errors.DataError
"""A value that the database cannot store: a control character in a text, a number out of range."""
CONFLICTS = (errors.DeadlockDetectedError, errors.SerializationError)
"""Two transactions stood in each other's way, and this one was rolled back: it may be tried again."""
LOST = (
    OSError,
    errors.PostgresConnectionError,
    errors.OperatorInterventionError,
    errors.TooManyConnectionsError,
    errors.InternalClientError,
)
"""The server went away, goes away, or does not let us in just now. The driver calls it its own mistake (InternalClientError)
when a statement is sent between the server's last word and the end of the connection."""
BROKEN = (*LOST, InterfaceError)
"""A connection that was in use cannot be used any more."""
PLACE = re.compile(r"%%|%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Jsonb:
    """A value that is stored as JSON."""

    value: Any


def _json(value: "Jsonb | str") -> bytes:
    """A plain text is JSON already."""
    return value.encode() if isinstance(value, str) else to_json(value.value)


def _jsonb(value: "Jsonb | str") -> bytes:
    """The binary form of jsonb is a version and the text."""
    return b"\x01" + _json(value)


def _from_jsonb(data: bytes) -> Any:
    return from_json(data[1:])


async def prepare(connection: Connection) -> None:
    """Teach a new connection what JSON is."""
    for name, encoder, decoder in (("json", _json, from_json), ("jsonb", _jsonb, _from_jsonb)):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=encoder, decoder=decoder, format="binary"
        )


async def keep_as_it_is(_: Connection) -> None:
    """Returned to the pool, a connection needs no cleaning: each transaction ended, and nothing else is ever set."""


def address(dsn: str) -> dict[str, Any]:
    """Where the server is, in the driver's words, of a URL or of a list of `name=value`."""
    if "://" in dsn:
        return {"dsn": dsn}
    words = dict(part.split("=", 1) for part in shlex.split(dsn))
    known = {"host": "host", "port": "port", "user": "user", "dbname": "database", "password": "password"}
    known |= {"sslmode": "ssl", "passfile": "passfile"}
    return {known[name]: value for name, value in words.items() if name in known}


_OWN_TYPES_END = 16_384
"""Below this, types are PostgreSQL's own, and the same on every server."""
_known_types: dict[frozenset[int], Any] = {}


class _Asked:
    name = "known"


class _Told(asyncpg.Connection):  # type: ignore[misc]
    """Asks what PostgreSQL's own arrays consist of once for the whole process. The driver has each connection ask for each of
    them when a statement first uses it, which takes the server 15 ms and comes with the first calls after a start."""

    async def _introspect_types(self, typeoids: Any, timeout: float | None) -> Any:  # noqa: ASYNC109
        types = frozenset(int(oid) for oid in typeoids)
        if types in _known_types:
            return _known_types[types], _Asked  # nothing was asked, so nothing has to be prepared again
        rows, statement = await cast(Any, super())._introspect_types(typeoids, timeout)
        if max(types) < _OWN_TYPES_END:
            _known_types[types] = rows
        return rows, statement


async def open_pool(dsn: str, size: int, name: str, *, prompt: bool = False) -> Pool:
    """A pool of up to `size` connections. Statements are prepared once per connection and kept.

    `prompt`: its connections stay, and plan each statement once whatever its values: PostgreSQL plans one five times before it
    keeps a plan, which for all statements of a call on all connections is seconds. For statements that find rows by their keys.
    """
    plans = {"plan_cache_mode": "force_generic_plan"} if prompt else {}
    return await _asyncpg.create_pool(
        **address(dsn),
        min_size=0 if prompt else min(2, size),
        max_size=size,
        max_inactive_connection_lifetime=0 if prompt else 300,
        init=prepare,
        connection_class=_Told,
        reset=keep_as_it_is,
        timeout=5,
        statement_cache_size=1000,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,
        server_settings={"application_name": name, **plans},
    )


async def connect(dsn: str, name: str) -> Connection:
    """A connection of one's own, for listening."""
    return await _asyncpg.connect(**address(dsn), timeout=5, server_settings={"application_name": name})


@lru_cache(maxsize=5000)
def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The statement in PostgreSQL's `$1` notation, and whose value stands at each place."""
    names: list[str] = []

    def place(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return PLACE.sub(place, sql), tuple(names)


def arguments(sql: str, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
    text, names = numbered(sql)
    return text, [parameters[name] for name in names]


def rows(kind: type[Row], records: Sequence[Any]) -> list[Row]:
    """Each record as a `kind` (a dataclass or a pydantic model whose fields are the columns' names)."""
    if not records:
        return []
    make = _maker(kind, tuple(records[0].keys()))
    return [make(record) for record in records]


@lru_cache(maxsize=1000)
def _maker(kind: type[Any], names: tuple[str, ...]) -> Callable[[Any], Any]:
    if is_dataclass(kind) and tuple(one.name for one in fields(kind)) == names:
        return lambda record: kind(*record)
    return lambda record: kind(**dict(record.items()))


def touched(status: str) -> int:
    """How many rows a statement touched, of the server's word about it ("UPDATE 3")."""
    number = status.rpartition(" ")[2]
    return int(number) if number.isdecimal() else 0


def constraint_of(error: Exception) -> str:
    """The name of the constraint that `error` says was violated."""
    return str(getattr(error, "constraint_name", None) or "")
