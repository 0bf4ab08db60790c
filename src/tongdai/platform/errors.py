"""Errors that a person will read.

Each error is a class; its docstring is its message, its `code` is stable and is what clients branch on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the input, and how to mend it.

    `rule` and `limit` tell a common mistake to those who have a sentence of their own for it.
    """

    field: str
    message: str
    rule: str | None = None
    limit: float | None = None


class AppError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "error"

    def __init__(self, detail: str | None = None, *, errors: Sequence[FieldError] = (), **extra: Any) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.errors = tuple(errors)
        self.extra = extra
        super().__init__(self.detail)


class NotFound(AppError):
    """There is no such thing here, or you may not see it."""

    status = 404
    code = "not_found"


class NotSignedIn(AppError):
    """Sign in first."""

    status = 401
    code = "not_signed_in"


class Forbidden(AppError):
    """Your role does not allow this. Ask an administrator for the permission."""

    status = 403
    code = "forbidden"


class Invalid(AppError):
    """Some of the input cannot be used."""

    status = 422
    code = "invalid"


class Conflict(AppError):
    """This cannot be done in the present state."""

    status = 409
    code = "conflict"


class StaleVersion(Conflict):
    """Somebody changed this since you opened it. Compare both and save again."""

    code = "stale_version"


class TooMany(AppError):
    """Too many attempts. Wait a little and try again."""

    status = 429
    code = "too_many"


class WrongValue(ValueError):
    """A value of the input cannot be used: the message says the mend, `rule` is the desktop's word for it."""

    def __init__(self, message: str, rule: str) -> None:
        super().__init__(message)
        self.rule = rule


def invalid_field(field: str, message: str, rule: str) -> Invalid:
    """An `Invalid` about one field: names it and says the mend. The desktop has a sentence for each `rule`."""
    return Invalid(message, errors=[FieldError(field, message, rule)])
