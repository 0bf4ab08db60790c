"""The values of a page's cursor as what they must be. A cursor is opaque: whoever sends another than ours begins again."""

from datetime import datetime
from uuid import UUID

from tongdai.platform.errors import Invalid, invalid_field


def bad_cursor() -> Invalid:
    return invalid_field("cursor", "This is not a cursor of ours: begin again without it.", "cursor")


def whole_or_invalid(value: object) -> int:
    """A small whole number."""
    if isinstance(value, int) and 0 <= value < 1000:
        return value
    raise bad_cursor()


def uuid_or_invalid(text: object) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise bad_cursor() from error


def instant_or_invalid(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise bad_cursor() from error
