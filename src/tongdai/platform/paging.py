"""Keyset pages: `?q=&cursor=&limit=` in, {items, next_cursor} out. A cursor is opaque and says after which row to go on."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from pydantic_core import from_json, to_json

from tongdai.platform.cursors import bad_cursor
from tongdai.platform.database import Transaction
from tongdai.platform.database.rows import Edited, Row
from tongdai.platform.http import Page

T = TypeVar("T")
MAX_LIMIT = 200


def encode_cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(to_json(values)).decode().rstrip("=")


def decode_cursor(text: str, length: int) -> list[Any] | None:
    """The values of a cursor; None for the first page. Raises Invalid for what we never gave."""
    if not text:
        return None
    try:
        values = from_json(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise bad_cursor() from error
    if (
        not isinstance(values, list)
        or len(values) != length  # pyright: ignore[reportUnknownArgumentType]
        or not all(isinstance(value, str | int | float) for value in values)  # pyright: ignore[reportUnknownVariableType]
    ):
        raise bad_cursor()
    return values  # pyright: ignore[reportUnknownVariableType]


@dataclass(frozen=True, slots=True)
class Paging:
    """What a list was asked for."""

    q: str = ""
    cursor: str = ""
    limit: int = 50
    archived: bool = False


def _paging(
    q: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    archived: bool = False,
) -> Paging:
    return Paging(q.strip(), cursor, limit, archived)


Asked = Annotated[Paging, Depends(_paging)]


def page_of(rows: list[T], limit: int, cursor: Callable[[T], str]) -> Page[T]:
    """A page from `limit + 1` fetched rows; `cursor(row)` names the place of the last one shown."""
    more = len(rows) > limit
    shown = rows[:limit]
    return Page(items=shown, next_cursor=cursor(shown[-1]) if more and shown else None)


async def listed(
    tx: Transaction, rows: Edited[Row], asked: Paging, where: str = "", **narrow: Any
) -> Page[Row]:
    """A page of rows that people edit, in their order."""
    found = await rows.page(
        tx,
        q=asked.q,
        after=decode_cursor(asked.cursor, 2),
        limit=asked.limit,
        archived=asked.archived,
        where=where,
        **narrow,
    )
    page = page_of(found, asked.limit, lambda row: str(row.id))
    if page.next_cursor is not None:
        last = page.items[-1].id
        page.next_cursor = encode_cursor(await rows.order_value(tx, last), last)
    return page
