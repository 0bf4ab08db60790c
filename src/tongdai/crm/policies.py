"""Rules of the customer record, without I/O."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from tongdai.kit.phone import parse_number
from tongdai.platform.errors import WrongValue

_EMAIL = re.compile(r"^[^@\s]{1,64}@[^@\s]+\.[^@\s.]+$")
MAX_TEXT = 1000


class FieldKind(StrEnum):
    """What a tenant's own field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


def normalised_identity(kind: str, raw: str, country: str) -> str:
    """The form under which an identity is recognised: E.164, or the address in lower case. WrongValue says the mend."""
    text = raw.strip()
    if kind == "phone":
        e164 = parse_number(text, country).e164
        if e164 is None:
            raise WrongValue(
                "This is not a phone number. Write it as you would dial it, or with + and the country.",
                "phone",
            )
        return e164
    local, _, domain = text.rpartition("@")
    if not _EMAIL.match(text):
        raise WrongValue("This is not an e-mail address. It looks like name@company.com.", "email")
    return f"{local}@{domain}".lower()


def checked_value(kind: FieldKind, choices: Sequence[str], value: object) -> str | None:
    """A field's value in the form in which it is kept; None removes it. WrongValue says the mend."""
    if value is None or value == "":
        return None
    text = str(value).strip()
    if len(text) > MAX_TEXT:
        raise WrongValue(f"This is too long: at most {MAX_TEXT} characters.", "long_text")
    match kind:
        case FieldKind.NUMBER:
            try:
                number = Decimal(text)
            except InvalidOperation:
                raise WrongValue("Write a number, such as 12.5.", "figure") from None
            if not number.is_finite():
                raise WrongValue("Write a number, such as 12.5.", "figure")
            return format(number, "f")
        case FieldKind.DATE:
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                raise WrongValue("Write a date as 2026-01-31.", "date") from None
        case FieldKind.CHOICE:
            if text not in choices:
                raise WrongValue(f"Choose one of: {', '.join(choices)}.", "choose")
            return text
        case FieldKind.TEXT:
            return text
