"""What a form chose is there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tongdai.platform.database import Transaction
from tongdai.platform.errors import invalid_field


async def check_chosen(tx: Transaction, values: Mapping[str, Any], tables: Mapping[str, str]) -> None:
    """Names the field whose thing does not exist any more, instead of a foreign key's complaint. `tables`: for each field,
    which holds an id or a list of ids, the table of what it names. Raises Invalid."""
    for field, table in tables.items():
        chosen = values.get(field)
        ids = {chosen} - {None} if chosen is None or isinstance(chosen, UUID) else set[UUID](chosen)
        if ids:
            found = await tx.fetch_value(
                f"SELECT count(*) FROM {table} WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND NOT archived",
                {"ids": list(ids)},
            )
            if found != len(ids):
                raise invalid_field(field, "There is no such thing any more; choose another.", "choose")
