"""An extension is one thing's alone."""

from typing import Literal

from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field

_LOCK = 4715
_WHO = {
    "users": "A user has this extension: choose another.",
    "extension_groups": "A ring group has this extension: choose another.",
    "conference_rooms": "A conference room has this extension: choose another.",
}
_BACK = {"users": ""}
"""Who was put aside keeps the extension."""


async def need_free(
    tx: Transaction, extension: str, of: Literal["extension_groups", "conference_rooms"]
) -> None:
    """Raises unless the extension is free for one of this table, whose own constraint keeps its rows apart. Groups and rooms that
    were put aside keep nobody off. Two who want one extension wait for each other."""
    await tx.execute(
        f"SELECT pg_advisory_xact_lock(hashtextextended(%(tenant)s::uuid::text, {_LOCK}))",
    )
    for table, problem in _WHO.items():
        if table == of:
            continue
        taken = await tx.fetch_value(
            f"SELECT true FROM {table} WHERE tenant_id = %(tenant)s AND extension = %(ext)s"
            f" {_BACK.get(table, 'AND NOT archived')} LIMIT 1",
            {"ext": extension},
        )
        if taken:
            raise invalid_field("extension", problem, "taken")
