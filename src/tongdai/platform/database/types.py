"""Column types that SQLAlchemy does not have."""

from typing import Any

from sqlalchemy.types import UserDefinedType


class XID8(UserDefinedType[Any]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "XID8"
