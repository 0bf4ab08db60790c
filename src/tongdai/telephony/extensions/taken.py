"""An extension is one thing's alone."""

from typing import Literal

from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field

_WHO = {
    "users": "A user has this extension: choose another.",
    "extension_groups": "A ring group has this extension: choose another.",
    "conference_rooms": "A conference room has this extension: choose another.",
}


async def free_for_user(tx: Transaction, extension: str) -> None:
    """Raises where a group or room has it."""
    await need_free(tx, extension, "users")


async def need_free(
    tx: Transaction, extension: str, of: Literal["users", "extension_groups", "conference_rooms"]
) -> None:
    """Raises unless the extension is free for one of this table, whose own constraint keeps its rows apart. Groups and rooms that
    were put aside keep nobody off; a user who was keeps theirs. Two who want one extension wait for each other."""
    await tx.keep_alone("extensions")
    for table, problem in _WHO.items():
        if table == of:
            continue
        there = "" if table == "users" else " AND NOT archived"
        taken = await tx.fetch_value(
            f"SELECT true FROM {table} WHERE tenant_id = %(tenant)s AND extension = %(ext)s{there} LIMIT 1",
            {"ext": extension},
        )
        if taken:
            raise invalid_field("extension", problem, "taken")
